import type { Rule } from '../../engine/rule.ts';
import notReplayable from '../history/not-replayable.ts';
import ignoreWithoutReason from './ignore-without-reason.ts';
import notAnalysed from './not-analysed.ts';
import syntaxError from './syntax-error.ts';
import unknownDirective from './unknown-directive.ts';
import unknownRuleInIgnore from './unknown-rule-in-ignore.ts';
import unusedIgnore from './unused-ignore.ts';

/**
 * They come behind all others, in this order: the statements are judged by what was found in them, the replay by that
 * too, and the comments by what they have silenced.
 */
export const metaRules: readonly Rule[] = [
  syntaxError,
  notAnalysed,
  notReplayable,
  ignoreWithoutReason,
  unknownDirective,
  unknownRuleInIgnore,
  unusedIgnore,
];
