export { planRenumbering, type Kept, type Rename, type RenumberingPlan } from './plan-renumbering.ts';
