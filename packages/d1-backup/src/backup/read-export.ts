import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exportDatabase, type D1 } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { retryRead } from 'd1-core/run';
import { remoteDatabase, type Target } from 'd1-core/target';
import { readCatalog, type Catalog } from '../content/index.ts';
import { dumpDatabase, type Dump, type DumpOptions } from './dump-database.ts';
import { loadExport } from './load-export.ts';
import type { Bookmarks } from './read-online.ts';
import { readTraits, type Traits } from './table-traits.ts';

export interface ExportDump {
  readonly dump: Dump;
  readonly bookmark: Bookmarks;
  /** Whose rows were read from the database itself, because the export had other ones. */
  readonly reread: readonly string[];
}

/**
 * Reads a remote database through D1's export, which is of one moment, and which lets other requests wait. D1's
 * export alters some values and writes SQL that cannot be run, so it is loaded into a throw-away database, compared with
 * the source, and written anew; the rows of a table that differs are read from the source. Throws D1Error
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
