import { resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { interruptible, runCommand, showProgress } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import {
  backup,
  backupDocument,
  describeBackup,
  isIncomplete,
  type BackupRequest,
} from '../../backup/index.ts';
import { pluginVersion } from '../../plugin-version.ts';
import { DEFAULT_OUTPUT, isAddress } from '../../shelf/index.ts';
import { CONCURRENCY, readParts } from '../parts.ts';
import type { BackupExecutorOptions } from './schema.d.ts';

export function runBackup(
  options: BackupExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('backup', options, async () => {
    const request = readOptions(options, workspaceRoot);
    const progress = showProgress(process.stderr);
    const result = await interruptible((signal) =>
      backup({ ...request, signal, onProgress: progress.show }),
    ).finally(() => progress.clear());
    return {
      exitCode: isIncomplete(result) ? 3 : 0,
      text: describeBackup(result, process.cwd()),
      document: backupDocument(result),
    };
  });
}

function readOptions(options: BackupExecutorOptions, workspaceRoot: string): BackupRequest {
  const path = (file: string | undefined) => (file === undefined ? undefined : resolve(workspaceRoot, file));
  const { output = DEFAULT_OUTPUT, recipient = [], concurrency = CONCURRENCY } = options;
  if (isAddress(output)) throw noFolder(output);
  return {
    target: resolveTarget(options, workspaceRoot),
    pluginVersion: pluginVersion(),
    parts: readParts(options, 'save'),
    output: resolve(workspaceRoot, output),
    mode: options.mode ?? 'online',
    verify: options.verify ?? true,
    prefix: options.prefix ?? '',
    concurrency: requireCount(concurrency),
    bucket: options.bucket,
    since: path(options.since),
    identity: path(options.identity),
    resume: options.resume ?? false,
    recipients: typeof recipient === 'string' ? [recipient] : recipient,
    upload: options.upload,
    dryRun: options.dryRun ?? false,
  };
}

function requireCount(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 256) return concurrency;
  throw new D1Error({
    code: 'invalid-concurrency',
    message: `--concurrency=${concurrency} is no number of photos from 1 to 256.`,
    fix: 'Leave it away for 16 at a time.',
    exitCode: 2,
  });
}

const noFolder = (output: string): D1Error =>
  new D1Error({
    code: 'invalid-output',
    message: `${output} is no folder. An archive is made on this machine, and proved, before it goes elsewhere.`,
    fix: `Write --upload=${output}; --output names the folder that the archive is made in.`,
    exitCode: 2,
  });
