import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { exportDatabase, type D1 } from 'd1-core/database';
import { D1Error, systemCodeOf } from 'd1-core/errors';
import { buildDatabase, isOfCloudflare, sqlStatements } from 'd1-core/load';
import { retryRead } from 'd1-core/run';
import { remoteDatabase, type Target } from 'd1-core/target';
import type { Wrangler } from 'd1-core/wrangler';
import { makeThrowAwayDatabase, readCatalog, type Catalog } from '../database/index.ts';
import { dumpDatabase, type Dump, type DumpOptions } from './dump-database.ts';
import type { Bookmarks } from './read-online.ts';
import { readTraits, type Traits } from './table-traits.ts';

/**
 * Makes a throw-away database of what `wrangler d1 export` wrote. D1 writes rows that cannot be read, such as integers
 * beyond 2^63, and objects before those that they need: what does not run is tried again at the end, and then left out.
 * Whoever asks for it compares it with the source.
 */
export async function loadExport(sql: string, wrangler: Wrangler): Promise<D1> {
  const { d1, file } = await makeThrowAwayDatabase(wrangler);
  try {
    await buildDatabase(file, async (built) => {
      const refused: string[] = [];
      for await (const statement of sqlStatements(createReadStream(sql))) {
        if (!runs(built, statement) && /^\s*CREATE\b/i.test(statement)) refused.push(statement);
      }
      for (const statement of refused) runs(built, statement);
    });
    return d1;
  } catch (error) {
    await d1.close();
    throw error;
  }
}

/** What is no row and no object, such as a PRAGMA, is passed over. */
function runs(database: DatabaseSync, statement: string): boolean {
  if (!/^\s*(CREATE|INSERT|DELETE|ANALYZE)\b/i.test(statement) || isOfCloudflare(statement)) return true;
  try {
    database.exec(statement);
    return true;
  } catch (error) {
    if (systemCodeOf(error) !== undefined) throw error;
    return false;
  }
}

export interface ExportDump {
  readonly dump: Dump;
  readonly bookmark: Bookmarks;
  /** Whose rows were read from the database itself, because the export had other ones. */
  readonly reread: readonly string[];
}

/**
 * Reads a remote database through D1's export, which is of one moment, and which makes other requests wait. D1's
 * export alters some values and writes SQL that cannot be run, so it is loaded into a throw-away database, compared with
 * the source, and rewritten; the rows of a table that differs are read from the source. Throws D1Error
 * `not-exportable` for a database with virtual tables, and `incomplete-export`.
 */
export async function readExport(
  target: Target,
  d1: D1,
  bookmarkNow: () => Promise<string>,
  workplace: string,
  options: DumpOptions,
): Promise<ExportDump> {
  const catalog = await readCatalog(d1);
  if (catalog.virtualTables.length > 0) throw notExportable(catalog);
  const tables = [...catalog.tables, ...catalog.internalTables];
  const before = await bookmarkNow();
  const traitsBefore = await readTraits(d1, tables);
  const file = join(workplace, 'export.sql');
  try {
    await retryRead(() => exportDatabase(remoteDatabase(target), file));
    const copy = await loadExport(file, target.wrangler);
    try {
      await requireObjects(catalog, copy);
      const after = await bookmarkNow();
      const traitsAfter = after === before ? traitsBefore : await readTraits(d1, tables);
      const traits = await readTraits(copy, tables);
      const reread = tables
        .map(({ name }) => name)
        .filter((name) => !isSame(name, traits, traitsBefore) && !isSame(name, traits, traitsAfter));
      const dump = await dumpDatabase(copy, {
        ...options,
        catalog,
        sourceOf: ({ name }) => (reread.includes(name) ? d1 : copy),
      });
      const bookmark = { before, after: reread.length === 0 ? after : await bookmarkNow() };
      return { dump, bookmark, reread };
    } finally {
      await copy.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}

const isSame = (name: string, a: Traits, b: Traits): boolean => a.get(name) === b.get(name);

/** A dump has no end mark, and wrangler takes a download that ends early for whole. */
async function requireObjects({ objects }: Catalog, copy: D1): Promise<void> {
  const { objects: copied } = await readCatalog(copy);
  const present = new Set(copied.map(({ type, name }) => `${type} ${name}`));
  const missing = objects.find(({ type, name }) => !present.has(`${type} ${name}`));
  if (missing === undefined) return;
  throw unusable(`the ${missing.type} ${missing.name} is not in it`);
}

const unusable = (reason: string): D1Error =>
  new D1Error({
    code: 'incomplete-export',
    message: `The export of the database cannot be used: ${reason}.`,
    fix: 'Run it again, or read the database page by page: --mode=online',
    notes: ['Nothing was changed in the database.'],
  });

const notExportable = ({ virtualTables: [first] }: Catalog): D1Error =>
  new D1Error({
    code: 'not-exportable',
    message: `D1 exports no database with virtual tables, and "${first?.name}" is one (${first?.module}).`,
    fix: 'Read the database page by page: --mode=online',
    exitCode: 2,
  });
