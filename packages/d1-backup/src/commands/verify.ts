import { existsSync } from 'node:fs';
import { choice, count, databaseOptions, defineCommand, reportOptions } from 'd1-core/command';
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
      'How much to check: structure compares the list of entries with the metadata, hashes reads their content too, restore restores the database as well.',
      { otherwise: 'restore', priority: 'important' },
    ),
    sample: count(
      'Per cent of the objects that are read; which ones, chance decides. Default: all of them.',
      { maximum: 100 },
    ),
    ...reportOptions,
  },
  examples: [
    { description: 'Prove the newest archive' },
    {
      description: 'Read every entry of one archive, without a restore',
      options: { archive: '2026-01-31', level: 'hashes' },
    },
    {
      description: 'Prove the newest archive in a bucket, with a twentieth of the objects',
      environment: 'production',
      options: { archives: 's3://archives/d1', sample: 5 },
    },
  ],
  exitCodes: { 1: 'something is wrong with it', 3: 'nothing is wrong, but not all was checked' },
  target: {
    defaultName: 'backup-verify',
    description: 'Prove that an archive is whole, and that its D1 database comes back',
    location: 'any',
    example: { archive: 'latest' },
  },
  async run({ archive, archives, identity, signer, level, sample, ...options }, { workspaceRoot }) {
    const [{ showProgress }, { resolveTarget }, { openChosen }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../shelf/index.ts'),
      import('../verify/index.ts'),
    ]);
    const target = resolveTarget(options, workspaceRoot);
    const { environment } = target;
    const opened = await openChosen({ archive, archives, identity, signer, workspaceRoot, environment });
    const progress = showProgress(process.stderr);
    const result = await work
      .verify({
        archive: opened,
        level,
        sample: sample === undefined ? undefined : sample / 100,
        wrangler: target.wrangler,
        migrations: { historyTable: target.database.migrationsTable, files: await filesOf(target) },
        onProgress: progress.show,
      })
      .finally(() => {
        progress.clear();
        return opened.close();
      });
    return {
      result,
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
