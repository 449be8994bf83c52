export {
  checkEnvironment,
  databaseIdProblem,
  type DatabaseIdProblem,
  type EnvironmentCheck,
  findEnvironmentProblems,
  localDatabaseId,
} from './check.ts';
export { findProduction, listEnvironments, chooseDatabase, resolveEnvironment } from './resolve.ts';
export {
  findWranglerConfig,
  parseWranglerConfig,
  readWranglerConfig,
  wranglerConfigNames,
} from './wrangler-config.ts';
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
