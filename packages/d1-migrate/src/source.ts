/** What the other packages and the tools of this workspace use; what is published has no such entry. */
export { describeRehearsal, passOf, rehearse, type RehearseResult } from './rehearse/index.ts';
export {
  describeRollbackPlan,
  rollbackIn,
  type RollbackPlan,
  type RollbackResult,
} from './rollback/index.ts';
