import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { copyDatabase, localDatabaseFile } from 'd1-core/database';
import { localDatabase, type Target } from 'd1-core/target';
import { loadSql } from 'd1-core/load';
import { copyRemote } from './remote.ts';
import { openSqlFile } from './sql-file.ts';

/** Where the data of a rehearsal comes from: the database itself, or a file of SQL or an archive; absolute. */
export type RehearsalSource =
  { readonly kind: 'database' } | { readonly kind: 'file'; readonly file: string };

/** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
export type CopyProgress = (what: string, fraction?: number) => void;

export function describeSource(source: RehearsalSource, { environment }: Target): string {
  if (source.kind === 'file') return basename(source.file);
  return environment.location === 'local' ? 'the local database' : 'the remote database';
}

/** Makes the database file that a rehearsal works on. Without a local database there is none, and it begins empty. */
export async function copyInto(
  file: string,
  source: RehearsalSource,
  target: Target,
  onProgress: CopyProgress,
): Promise<void> {
  if (source.kind === 'file') return copyFromFile(file, source.file, onProgress);
  if (target.environment.location === 'local') {
    const original = localDatabaseFile(localDatabase(target));
    if (existsSync(original)) await copyDatabase(original, file);
    return;
  }
  let rows = 0;
  await copyRemote(target, file, {
    onExport: () => onProgress('exporting the database; Cloudflare lets other requests wait meanwhile'),
    onRows: (count) => onProgress(`${(rows += count)} rows read`),
  });
}

async function copyFromFile(file: string, from: string, onProgress: CopyProgress): Promise<void> {
  const { chunks, bytes, close } = await openSqlFile(from);
  let done = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      done += chunk.byteLength;
      yield chunk;
      onProgress(`loading ${basename(from)}`, bytes === 0 ? 1 : Math.min(1, done / bytes));
    }
  }
  try {
    await loadSql(file, counted(), basename(from));
  } finally {
    close();
  }
}
