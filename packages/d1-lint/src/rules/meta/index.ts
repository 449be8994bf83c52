import type { Rule } from '../../engine/rule.ts';
import ignoreWithoutReason from './ignore-without-reason.ts';
import notAnalysed from './not-analysed.ts';
import replayFailed from './replay-failed.ts';
import syntaxError from './syntax-error.ts';
import unknownDirective from './unknown-directive.ts';
import unknownRuleInIgnore from './unknown-rule-in-ignore.ts';
import unusedIgnore from './unused-ignore.ts';

/** They run in this order: the replay looks at what the others have found, and the comments are judged last. */
export const metaRules: readonly Rule[] = [
  syntaxError,
  notAnalysed,
  replayFailed,
  ignoreWithoutReason,
  unknownDirective,
  unknownRuleInIgnore,
  unusedIgnore,
];
