import { relative, sep } from 'node:path';
import type { MigrationFile } from 'd1-core/migrations';
import { lintMigrations } from 'd1-lint/source';
import type { Target } from 'd1-core/target';
import type { PlannedFinding } from './plan.ts';

/** What the linter finds in pending migrations, with the config file and the accepted findings of the workspace. */
export async function lintPending(
  { environment }: Target,
  pending: readonly MigrationFile[],
  workspaceRoot: string,
): Promise<readonly PlannedFinding[]> {
  const { findings } = await lintMigrations({
    root: workspaceRoot,
    wranglerConfig: environment.configFile,
  });
  const files = new Set(pending.map(({ path }) => relative(workspaceRoot, path).split(sep).join('/')));
  return findings
    .filter(({ file }) => files.has(file))
    .map(({ rule, severity, message, help, file, start: { line, column } }) => ({
      rule,
      severity,
      message,
      help,
      file,
      line,
      column,
    }));
}
