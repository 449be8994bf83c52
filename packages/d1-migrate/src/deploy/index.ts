export { deploy, type DeployRequest, type DeployResult, type MigrationPart } from './deploy.ts';
export { nameOf, type Step, type StepEnd } from './steps.ts';
export { deployDocument, describeDeploy, describeDeployResult } from './describe.ts';
