import { basename, resolve } from 'node:path';
import { audited, type AuditedRun, type AuditRecorder } from 'd1-core/audit';
import { D1Error } from 'd1-core/errors';
import { confirmTarget, identifyRun, runCommand, show, showProgress, type Outcome } from 'd1-core/run';
import { resolveTarget, type Target } from 'd1-core/target';
import { openArchive, type Archive } from '../../archive/index.ts';
import { pluginVersion } from '../../plugin-version.ts';
import {
  describeFolder,
  describePlan,
  describeRestore,
  describeUndo,
  folderDocument,
  restore,
  restoreDocument,
  restoreFolder,
} from '../../restore/index.ts';
import { chooseArchive } from '../../shelf/index.ts';
import { CONCURRENCY, readParts } from '../parts.ts';
import type { RestoreExecutorOptions } from './schema.d.ts';

export function runRestore(
  options: RestoreExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('restore', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const archive = await open(options, workspaceRoot);
    try {
      if (options.to !== undefined)
        return await intoFolder(options, archive, resolve(workspaceRoot, options.to));
      requireNamed(options, archive, target);
      const run: AuditedRun = {
        target,
        action: 'restore',
        identify: identifyRun(workspaceRoot, pluginVersion()),
        dryRun: options.dryRun,
      };
      return await audited(run, (recorder) => intoEnvironment(options, archive, run, recorder));
    } finally {
      await archive.close();
    }
  });
}

async function open(options: RestoreExecutorOptions, workspaceRoot: string): Promise<Archive> {
  const { identity } = options;
  return openArchive(await chooseArchive(options, workspaceRoot), {
    identity: identity === undefined ? undefined : resolve(workspaceRoot, identity),
  });
}

/** The newest archive may be of any environment: one of another is restored only when it is named. */
function requireNamed(
  { archive: named }: RestoreExecutorOptions,
  { file, metadata }: Archive,
  { environment }: Target,
): void {
  if (named !== undefined || metadata === undefined || metadata.environment.name === environment.name) return;
  throw new D1Error({
    code: 'other-environment',
    message: `The newest archive, ${basename(file)}, is of ${metadata.environment.name}, and nothing was restored into ${environment.name}.`,
    fix: 'Name the archive: --archive=<file>; "backup-list" shows them.',
    location: { file },
    exitCode: 2,
  });
}

async function intoEnvironment(
  options: RestoreExecutorOptions,
  archive: Archive,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
): Promise<Outcome> {
  const { prefix = '', bucket, concurrency = CONCURRENCY } = options;
  const progress = showProgress(process.stderr);
  const tell = (lines: readonly string[]) => {
    progress.clear();
    show(options, lines);
  };
  const result = await restore({
    archive,
    target,
    identify,
    parts: readParts(options, 'restore'),
    prefix,
    bucket,
    concurrency,
    overwrite: options.overwrite ?? false,
    resume: options.resume ?? false,
    dryRun: options.dryRun ?? false,
    async approve(plan) {
      tell(describePlan(plan));
      if (options.dryRun !== true) await confirmTarget(target, options.confirm);
    },
    onBegin: (bookmark) => recorder.begin({ bookmark, migrations: [] }),
    onUndo: (undo) => (undo.kind === 'bookmark' ? tell([...describeUndo(target, undo), '']) : undefined),
    onProgress: progress.show,
  }).finally(() => progress.clear());
  const warnings = await recorder.end({ migrations: [] });
  return {
    exitCode: warnings.length > 0 ? 3 : 0,
    text: describeRestore({ ...result, warnings }),
    document: restoreDocument({ ...result, warnings }),
  };
}

async function intoFolder(
  options: RestoreExecutorOptions,
  archive: Archive,
  folder: string,
): Promise<Outcome> {
  const progress = showProgress(process.stderr);
  const result = await restoreFolder({
    archive,
    folder,
    parts: readParts(options, 'restore'),
    prefix: options.prefix ?? '',
    overwrite: options.overwrite ?? false,
    resume: options.resume ?? false,
    dryRun: options.dryRun ?? false,
    onProgress: progress.show,
  }).finally(() => progress.clear());
  return { exitCode: 0, text: describeFolder(result), document: folderDocument(result) };
}
