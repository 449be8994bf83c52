import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { folderRules, listMigrations, patternInFolder, type MigrationFile } from 'd1-core/migrations';
import { runCommand, showProgress } from 'd1-core/run';
import { resolveTarget, type Target } from 'd1-core/target';
import { chooseArchive } from '../../shelf/index.ts';
import { describeVerification, verificationDocument, verify } from '../../verify/index.ts';
import type { VerifyExecutorOptions } from './schema.d.ts';

export function runVerify(
  options: VerifyExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('verify', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const { identity, level = 'restore' } = options;
    const progress = showProgress(process.stderr);
    const result = await verify({
      file: await chooseArchive(options, workspaceRoot),
      level,
      identity: identity === undefined ? undefined : resolve(workspaceRoot, identity),
      wrangler: target.wrangler,
      migrations: { historyTable: target.database.migrationsTable, files: filesOf(target) },
      onProgress: progress.show,
    }).finally(() => progress.clear());
    return {
      exitCode: result.problems.length > 0 ? 1 : result.unchecked.length > 0 ? 3 : 0,
      text: describeVerification(result),
      document: verificationDocument(result),
    };
  });
}

/** Undefined where there is no migrations folder: an archive can be proved without one. */
function filesOf({ database, environment, wrangler }: Target): readonly MigrationFile[] | undefined {
  const { migrationsDir, migrationsPattern } = database;
  const { configFile } = environment;
  if (!existsSync(migrationsDir)) return undefined;
  return listMigrations({
    folder: migrationsDir,
    rules: folderRules(wrangler.version),
    pattern: patternInFolder({ configFile, migrationsDir, migrationsPattern }),
    configFile,
  });
}
