export type { RollbackPlan, RollbackRequest, RollbackResult } from './request.ts';
export { rollback, rollbackIn } from './rollback.ts';
export { goBack, type GoBackRequest, type GoBackResult, type WayBack } from './go-back.ts';
export {
  describeGoBack,
  describeRollback,
  describeRollbackPlan,
  describeWay,
  goBackDocument,
  rollbackDocument,
} from './describe.ts';
