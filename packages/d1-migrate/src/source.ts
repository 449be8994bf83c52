/** What the other packages and the tools of this workspace use; what is published has no such entry. */
export { planShape } from './approval/index.ts';
export { describeRehearsal, passOf, rehearse, type RehearseResult } from './rehearse/index.ts';
export {
  describeRollbackPlan,
  rollbackIn,
  type RollbackPlan,
  type RollbackResult,
} from './rollback/index.ts';
export { IGNORE_FILE, ignoredShape } from './survey/index.ts';
