export {
  checkEnvironment,
  findEnvironmentProblems,
  localDatabaseId,
  type EnvironmentCheck,
} from './check.ts';
export { databaseIdProblem, type DatabaseIdProblem } from './database-id.ts';
export { findProduction, listEnvironments } from './environments.ts';
export { findWranglerConfig, readWranglerConfig, wranglerConfigNames } from './read-wrangler-config.ts';
export { chooseDatabase, resolveEnvironment } from './resolve.ts';
export type {
  D1Binding,
  Environment,
  EnvironmentSetting,
  EnvironmentSettings,
  Location,
  R2Binding,
  WranglerConfig,
  WranglerEnvironment,
} from './types.ts';
export { parseWranglerConfig } from './wrangler-config.ts';
