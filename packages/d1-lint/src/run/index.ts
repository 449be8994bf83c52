export { changesSince, type Changes } from './changed-files.ts';
export { lintFile, readFolder, type MigrationsFolder } from './read-files.ts';
export { exitCodeOf, lintMigrations, type LintReport, type LintRequest } from './lint-migrations.ts';
export { readStdin, type Stdin } from './read-inputs.ts';
