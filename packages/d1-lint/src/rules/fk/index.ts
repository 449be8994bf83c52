import type { Rule } from '../../engine/rule.ts';
import forwardReference from './forward-reference.ts';
import generatedAction from './generated-action.ts';
import missingIndex from './missing-index.ts';
import missingParent from './missing-parent.ts';
import parentNotUnique from './parent-not-unique.ts';
import typeMismatch from './type-mismatch.ts';

export const fkRules: readonly Rule[] = [
  forwardReference,
  generatedAction,
  missingIndex,
  missingParent,
  parentNotUnique,
  typeMismatch,
];
