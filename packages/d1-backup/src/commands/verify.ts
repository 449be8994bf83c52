import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { choice, databaseOptions, defineCommand, reportOptions } from 'd1-core/command';
import type { MigrationFile } from 'd1-core/migrations';
import type { Target } from 'd1-core/target';
import { archiveOptions } from './shared-options.ts';

export const verifyCommand = defineCommand({
  name: 'verify',
  title: 'Prove an archive',
  description:
    'Checks that an archive is whole: its entries against its metadata, their content by SHA-256, and its database by restoring it into a throw-away one. Changes nothing.',
  options: {
    ...databaseOptions,
    ...archiveOptions,
    level: choice(
      ['structure', 'hashes', 'restore'],
      'How far: structure compares the list of entries with the metadata, hashes reads their content too, restore restores the database as well.',
      { otherwise: 'restore', priority: 'important' },
    ),
    ...reportOptions,
  },
  ineffective: [{ options: ['archives'], beside: { archive: true }, why: 'the archive is named' }],
  examples: [
    { description: 'Prove the newest archive' },
    {
      description: 'Read every entry of one archive, without a restore',
      options: { archive: 'backups/backup-2026-01-31-120000.zip', level: 'hashes' },
    },
  ],
  exitCodes: { 1: 'something is wrong with it', 3: 'nothing is wrong, but not all was checked' },
  target: {
    defaultName: 'backup-verify',
    description: 'Prove that an archive is whole, and that its D1 database comes back',
    location: 'any',
    example: { archive: 'backups/backup-2026-01-31-120000.zip' },
  },
  async run({ archive, archives, identity, level, ...options }, { workspaceRoot }) {
    const [{ showProgress }, { resolveTarget }, { chooseArchive }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../shelf/index.ts'),
      import('../verify/index.ts'),
    ]);
    const target = resolveTarget(options, workspaceRoot);
    const progress = showProgress(process.stderr);
    const result = await work
      .verify({
        file: await chooseArchive({ archive, archives }, workspaceRoot),
        level,
        identity: identity === undefined ? undefined : resolve(workspaceRoot, identity),
        wrangler: target.wrangler,
        migrations: { historyTable: target.database.migrationsTable, files: await filesOf(target) },
        onProgress: progress.show,
      })
      .finally(() => progress.clear());
    return {
      exitCode: result.problems.length > 0 ? 1 : result.unchecked.length > 0 ? 3 : 0,
      text: work.describeVerification(result),
      document: work.verificationDocument(result),
    };
  },
});

/** Undefined where there is no migrations folder: an archive can be proved without one. */
async function filesOf({
  database,
  environment: { configFile },
  wrangler,
}: Target): Promise<readonly MigrationFile[] | undefined> {
  if (!existsSync(database.migrationsDir)) return undefined;
  const { folderOptions, listMigrations } = await import('d1-core/migrations');
  return listMigrations(folderOptions({ ...database, configFile }, wrangler.version));
}
