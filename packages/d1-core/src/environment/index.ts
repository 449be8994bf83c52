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
export { settingShape, type EnvironmentSetting, type EnvironmentSettings } from './setting.ts';
export type {
  D1Binding,
  Environment,
  Location,
  R2Binding,
  WranglerConfig,
  WranglerEnvironment,
} from './types.ts';
