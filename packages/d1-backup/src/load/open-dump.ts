import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openLocalD1, type D1 } from 'd1-core/database';
import { loadSql, sqlStatements } from 'd1-core/load';
import { localDatabaseFile } from 'd1-core/snapshot';
import type { Wrangler } from 'd1-core/wrangler';

/** What must come behind all tables and rows, in this order: a trigger may be of a view. */
const LATER = ['INDEX', 'VIEW', 'TRIGGER'] as const;

/**
 * Makes a throw-away database of a dump that was not written to be loaded: one of `wrangler d1 export`, with children
 * before their parents, triggers before their views, and statements of any length. What is read from it with
 * `contentStatements` can be loaded. Throws D1Error `unloadable-dump`. `source` is what the message calls the dump.
 */
export async function openDump(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  wrangler: Wrangler,
): Promise<D1> {
  const persistTo = await mkdtemp(join(tmpdir(), 'd1-dump-'));
  const remove = () => rm(persistTo, { recursive: true, force: true });
  const database = { wrangler, id: 'dump', persistTo };
  try {
    const file = localDatabaseFile(database);
    await mkdir(dirname(file), { recursive: true });
    await loadSql(file, inOrder(chunks), source);
  } catch (error) {
    await remove();
    throw error;
  }
  const d1 = openLocalD1(database);
  return {
    location: 'shadow',
    batch: (statements) => d1.batch(statements),
    async close() {
      await d1.close();
      await remove();
    },
  };
}

async function* inOrder(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const later = new Map<string, string[]>(LATER.map((kind) => [kind, []]));
  for await (const statement of sqlStatements(chunks)) {
    const kept = later.get(createdKind(statement));
    if (kept === undefined) yield encode(statement);
    else kept.push(statement);
  }
  for (const kept of later.values()) yield* kept.map(encode);
}

const encode = (statement: string): Uint8Array => Buffer.from(`${statement};\n`);

/** A dump has CREATE statements as SQLite keeps them, and SQLite writes their first words anew. */
function createdKind(statement: string): string {
  const [, kind = ''] =
    /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*CREATE\s+(?:TEMP(?:ORARY)?\s+|UNIQUE\s+)?(\w+)/i.exec(statement) ??
    [];
  return kind.toUpperCase();
}
