export {
  type AnalysedMigration,
  type AnalysedStatement,
  analyseMigrations,
  effectOf,
  type Effect,
  isDestructive,
  mayTouchRows,
  triggersOf,
} from './analyse.ts';
export { type Announced, announcedIn } from './announced.ts';
export { beginTrace, firstName, follow, type TableTrace, traceAfter } from './table-trace.ts';
export { announcements, isUnannounced, type Loss, withReason } from './losses.ts';
export { type IntendedChange, judge, type Judgement } from './judge.ts';
export { type LossExample, placeLosses, type Places } from './place-losses.ts';
export { mentionedNames, reachedTables } from './reached-tables.ts';
