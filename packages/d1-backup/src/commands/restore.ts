import { resolve } from 'node:path';
import type { AuditedRun, AuditRecorder } from 'd1-core/audit';
import {
  countOr,
  defineCommand,
  flag,
  path,
  reportOptions,
  targetOptions,
  text,
  type OptionsOf,
} from 'd1-core/command';
import type { ExitCode, Outcome } from 'd1-core/run';
import type { RestoredFolder, RestoreResult } from '../restore/index.ts';
import type { Archive } from '../zip/index.ts';
import { readParts } from './parts.ts';
import { archiveOptions } from './shared-options.ts';

const options = {
  ...targetOptions,
  ...archiveOptions,
  extractTo: path('Instead of the environment, a folder to write the files of the archive to', {
    priority: 'important',
  }),
  databaseOnly: flag('Restore the database, and leave the bucket as it is.'),
  photosOnly: flag('Restore the objects, and leave the database as it is.'),
  prefix: text('Only objects whose keys begin so, such as originals/2025/.'),
  bucket: text('The binding of the R2 bucket for the objects, when the environment has several.'),
  concurrency: countOr(16, 'How many objects are put into the bucket at a time.'),
  overwrite: flag(
    'Replace what is in the target. A snapshot or a bookmark of the database is taken first; replaced objects cannot come back.',
    { priority: 'important' },
  ),
  resume: flag('Continue a restore of the same archive that was interrupted.', { priority: 'important' }),
  confirm: text(
    'The name of the database, to confirm a change to a protected environment where there is no one to ask.',
    { priority: 'important' },
  ),
  dryRun: flag('Check the archive, show what would be written and what would be lost, and stop.', {
    priority: 'important',
  }),
  ...reportOptions,
};

type RestoreOptions = OptionsOf<typeof options>;

const EXAMPLE = '2026-01-31';

export const restoreCommand = defineCommand({
  name: 'restore',
  title: 'Restore an archive',
  description:
    'Puts an archive back into the database and the bucket of an environment, or into a folder. Reads the whole archive before the first write, shows what will be lost, takes a snapshot or a bookmark, and compares what came back.',
  options,
  ineffective: [
    { options: ['photosOnly', 'prefix'], beside: { databaseOnly: true }, why: 'no objects are restored' },
    {
      options: ['bucket', 'concurrency', 'confirm'],
      beside: { extractTo: true },
      why: 'files are written, and no environment is changed',
    },
  ],
  examples: [
    {
      description: 'Replace the development database and its objects by those of an archive',
      options: { archive: EXAMPLE, overwrite: true },
    },
    {
      description: 'Show what a restore of production would do',
      environment: 'production',
      options: { archive: EXAMPLE, dryRun: true },
    },
    {
      description: 'Write the files of an archive into a folder',
      options: { archive: EXAMPLE, extractTo: 'tmp/archive' },
    },
  ],
  exitCodes: {
    3: 'restored, but the archive lacks something, or it is not noted in the audit file',
    11: 'another run works on the database',
  },
  target: {
    defaultName: 'restore',
    description: 'Put an archive back into the D1 database and the R2 bucket, or into a folder',
    location: 'any',
    example: { archive: EXAMPLE, dryRun: true },
  },
  async run(
    given,
    { workspaceRoot, pluginVersion },
  ): Promise<Outcome & { readonly result: RestoreResult | RestoredFolder }> {
    const [{ audited }, { identifyRun }, { resolveTarget }] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('d1-core/target'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const { openChosen } = await import('../shelf/index.ts');
    const archive = await openChosen({ ...given, workspaceRoot, environment: target.environment });
    try {
      if (given.extractTo !== undefined)
        return await intoFolder(given, archive, resolve(workspaceRoot, given.extractTo));
      const run: AuditedRun = {
        target,
        action: 'restore',
        identify: identifyRun(workspaceRoot, pluginVersion),
        dryRun: given.dryRun,
      };
      return await audited(run, (recorder) => intoEnvironment(given, archive, run, recorder));
    } finally {
      await archive.close();
    }
  },
});

async function intoEnvironment(
  options: RestoreOptions,
  archive: Archive,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
) {
  const [{ confirmTarget, show, showProgress }, work] = await Promise.all([
    import('d1-core/run'),
    import('../restore/index.ts'),
  ]);
  const { prefix = '', bucket, concurrency, overwrite, resume, dryRun } = options;
  const progress = showProgress(process.stderr);
  const tell = (lines: readonly string[]) => {
    progress.clear();
    show(options, lines);
  };
  const result = await work
    .restore({
      archive,
      target,
      identify,
      parts: readParts(options),
      prefix,
      bucket,
      concurrency,
      overwrite,
      resume,
      dryRun,
      async approve(plan) {
        tell(work.describePlan(plan));
        if (!dryRun) await confirmTarget(target, options.confirm);
      },
      onBegin: (bookmark) => recorder.begin({ bookmark, migrations: [] }),
      onUndo: (undo) =>
        undo.kind === 'bookmark' ? tell([...work.describeUndo(target, undo), '']) : undefined,
      onProgress: progress.show,
    })
    .finally(() => progress.clear());
  const warnings = [...result.warnings, ...(await recorder.end({ migrations: [] }))];
  const exitCode: ExitCode = warnings.length > 0 ? 3 : 0;
  return {
    result: { ...result, warnings },
    exitCode,
    text: work.describeRestore({ ...result, warnings }),
    document: work.restoreDocument({ ...result, warnings }),
  };
}

async function intoFolder(options: RestoreOptions, archive: Archive, folder: string) {
  const [{ showProgress }, work] = await Promise.all([import('d1-core/run'), import('../restore/index.ts')]);
  const { prefix = '', overwrite, resume, dryRun } = options;
  const progress = showProgress(process.stderr);
  const result = await work
    .restoreFolder({
      archive,
      folder,
      parts: readParts(options),
      prefix,
      overwrite,
      resume,
      dryRun,
      onProgress: progress.show,
    })
    .finally(() => progress.clear());
  const exitCode: ExitCode = result.warnings.length > 0 ? 3 : 0;
  return {
    result,
    exitCode,
    text: work.describeFolder(result),
    document: work.folderDocument(result),
  };
}
