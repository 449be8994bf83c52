export { applyBaseline, DEFAULT_BASELINE, makeBaseline, readBaseline, type Baseline } from './baseline.ts';
export { changesSince, type Changes } from './changed-files.ts';
export { lintFile, readFolder, type MigrationsFolder } from './read-files.ts';
export { exitCodeOf, mergeReports, runLint, type LintReport, type LintRequest } from './run-lint.ts';
export { withBaseline } from './with-baseline.ts';
export { lintWorkspace, type WorkspaceRequest } from './lint-workspace.ts';
