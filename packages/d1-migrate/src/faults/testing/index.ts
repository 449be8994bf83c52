export { faultPage } from './fault-table.ts';
export { SCENARIOS, type FaultScenario } from './scenarios.ts';
