export { deploy, type DeployRequest, type DeployResult } from './deploy.ts';
export { deployDocument, describeDeploy, describeDeployResult } from './describe.ts';
