export { rollback, type RollbackPlan, type RollbackRequest, type RollbackResult } from './rollback.ts';
export { goBack, type GoBackRequest, type GoBackResult, type WayBack } from './go-back.ts';
export { describeGoBack, describeRollback, describeRollbackPlan, describeWay } from './describe.ts';
export { goBackDocument, rollbackDocument } from './document.ts';
