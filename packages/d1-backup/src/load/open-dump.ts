import type { D1 } from 'd1-core/database';
import { loadSql, sqlStatements } from 'd1-core/load';
import type { Wrangler } from 'd1-core/wrangler';
import { makeThrowAwayDatabase } from './throw-away-database.ts';

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
  const { d1, file } = await makeThrowAwayDatabase(wrangler);
  try {
    await loadSql(file, inOrder(chunks), source);
    return d1;
  } catch (error) {
    await d1.close();
    throw error;
  }
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
