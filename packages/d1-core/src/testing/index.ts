export { temporaryFolder, testWrangler, writeFiles } from './files.ts';
export { nxWorkspace, type NxRun, type NxWorkspace } from './nx-workspace.ts';
export { testWorkspace, type TestWorkspace, type WorkspaceFiles } from './workspace.ts';
export { mutatedSql } from './mutated-sql.ts';
export { fuzzRuns } from './fuzz-runs.ts';
export { remoteConfig } from './remote-config.ts';
export { errorOf, execute, identify, targetIn } from './runs.ts';
export { startExecutorWith } from './start-executor.ts';
export { testSchemas } from './schemas.ts';
