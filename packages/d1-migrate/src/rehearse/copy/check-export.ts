import type { D1, Row } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { openDatabaseFile } from 'd1-core/schema';
import { quoteIdentifier } from 'd1-core/sql';
import { retryRead } from 'd1-core/run';

/** What an export has to hold, in the order in which D1 writes it: tables with their rows, then the rest. */
export const READ_CONTENTS = String.raw`SELECT type, name FROM sqlite_master
  WHERE sql IS NOT NULL AND name NOT LIKE '\_cf\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  ORDER BY type <> 'table', rowid`;

/**
 * Throws D1Error `incomplete-export` when a database was made from an export that is cut off: wrangler takes a download
 * that ends early for whole, and a dump has no end mark. `contents` are the rows of `READ_CONTENTS` from before.
 */
export async function checkExport(d1: D1, file: string, contents: readonly Row[]): Promise<void> {
  const copy = await openDatabaseFile(file);
  try {
    const present = new Set(copy.prepare(READ_CONTENTS).all().map(keyOf));
    const missing = contents.find((row) => !present.has(keyOf(row)));
    if (missing !== undefined) throw incomplete(`the ${keyOf(missing)} is not in it`);
    // Behind the rows of the last table there may be nothing that could be missing.
    const last = contents.at(-1);
    if (last === undefined || last['type'] !== 'table') return;
    const count = `SELECT count(*) AS n FROM ${quoteIdentifier(String(last['name']))}`;
    const rows = Number(copy.prepare(count).get()?.['n']);
    const [[now] = []] = await retryRead(() => d1.batch([count]));
    if (rows < Number(now?.['n'])) throw incomplete(`the ${keyOf(last)} has ${rows} of ${now?.['n']} rows`);
  } finally {
    copy.close();
  }
}

const keyOf = ({ type, name }: Row): string => `${type} ${name}`;

/** What to do about an export that cannot be used. */
export const RUN_AGAIN = 'Run it again. If it stays, rehearse on an archive: --from=<archive>';

const incomplete = (reason: string): D1Error =>
  new D1Error({
    code: 'incomplete-export',
    message: `The export of the database is cut off: ${reason}.`,
    fix: RUN_AGAIN,
    notes: ['Nothing was changed in the database.'],
  });
