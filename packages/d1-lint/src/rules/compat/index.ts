import type { Rule } from '../../engine/rule.ts';
import compoundSelectTerms from './compound-select-terms.ts';
import expressionDepth from './expression-depth.ts';
import foreignKeysPragmaIsNoop from './foreign-keys-pragma-is-noop.ts';
import functionArgs from './function-args.ts';
import likePatternLength from './like-pattern-length.ts';
import noAttach from './no-attach.ts';
import noBoundParameters from './no-bound-parameters.ts';
import noTempObject from './no-temp-object.ts';
import noTransactionControl from './no-transaction-control.ts';
import noUnsupportedPragma from './no-unsupported-pragma.ts';
import noVacuum from './no-vacuum.ts';
import statementTooLong from './statement-too-long.ts';
import tooManyColumns from './too-many-columns.ts';
import unsupportedFunction from './unsupported-function.ts';
import unsupportedModule from './unsupported-module.ts';
import vdbeSize from './vdbe-size.ts';

export const compatRules: readonly Rule[] = [
  compoundSelectTerms,
  expressionDepth,
  foreignKeysPragmaIsNoop,
  functionArgs,
  likePatternLength,
  noAttach,
  noBoundParameters,
  noTempObject,
  noTransactionControl,
  noUnsupportedPragma,
  noVacuum,
  statementTooLong,
  tooManyColumns,
  unsupportedFunction,
  unsupportedModule,
  vdbeSize,
];
