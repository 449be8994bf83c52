import { join } from 'node:path';
import { openLocalD1 } from 'd1-core/database';
import { localDatabase, type Target } from 'd1-core/target';
import { identify, startExecutorWith, targetIn, type TestWorkspace } from 'd1-core/testing';
import { readContent, type Content } from '../database/read-content.ts';
import { restore, type RestoreRequest, type RestoreResult } from '../restore/restore.ts';
import { openArchive, type Archive } from '../zip/open-archive.ts';

export { execute } from 'd1-core/testing';

/** Restores an archive without a question. */
export async function restoreFile(
  file: string,
  target: Target,
  request: Partial<RestoreRequest> = {},
): Promise<RestoreResult> {
  const archive = await openArchive(file);
  try {
    return await restore({ ...defaults(archive, target), ...request });
  } finally {
    await archive.close();
  }
}

const defaults = (archive: Archive, target: Target): RestoreRequest => ({
  archive,
  target,
  identify,
  parts: 'all',
  prefix: '',
  concurrency: 4,
  overwrite: false,
  resume: false,
  dryRun: false,
  approve: async () => undefined,
});

/** The content of the local database of a workspace, the tables of the tools left out. */
export async function contentOf(workspace: TestWorkspace): Promise<Content> {
  const d1 = openLocalD1(localDatabase(targetIn(workspace)));
  try {
    return withoutTools(await readContent(d1));
  } finally {
    await d1.close();
  }
}

const isTool = (name: string): boolean => name.startsWith('d1_migrate_');

/** Without our own tables, and without the sequence of the journal. */
export function withoutTools({ objects, tables }: Content): Content {
  return {
    objects: objects.filter(({ name }) => !isTool(name)),
    tables: tables.filter(({ name }) => !isTool(name) && name !== 'sqlite_sequence'),
  };
}

/** Runs an executor in a process of its own. Its promise settles when the process has ended, however it did. */
export const startExecutor = (
  name: 'backup' | 'restore' | 'verify' | 'list' | 'prune',
  workspace: TestWorkspace,
  options: object = {},
  env: Readonly<Record<string, string>> = {},
) => startExecutorWith(join(import.meta.dirname, 'run-executor.ts'), name, workspace, options, env);
