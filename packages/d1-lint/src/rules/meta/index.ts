import type { Rule } from '../../engine/rule.ts';
import ignoreWithoutReason from './ignore-without-reason.ts';
import notAnalysed from './not-analysed.ts';
import syntaxError from './syntax-error.ts';
import unknownDirective from './unknown-directive.ts';
import unknownRuleInIgnore from './unknown-rule-in-ignore.ts';
import unusedIgnore from './unused-ignore.ts';

export const metaRules: readonly Rule[] = [
  ignoreWithoutReason,
  notAnalysed,
  syntaxError,
  unknownDirective,
  unknownRuleInIgnore,
  unusedIgnore,
];
