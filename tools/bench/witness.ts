// usage: npm run bench:witness -- [rows]
// Compares a table of a million rows with itself, cell by cell, against SELECT count(*) of the same two tables: in seconds of the
// processor, of one run.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabaseFile } from 'd1-core/schema';
import { compareTable, openBeside } from 'd1-core/witness';

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'd1-bench-witness-'));
const [before, after] = [join(folder, 'before.sqlite'), join(folder, 'after.sqlite')];

/** Seconds of the processor. */
function seconds(work: () => unknown): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

try {
  const database = await openDatabaseFile(before);
  database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size REAL, at TEXT, note);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO t SELECT i, 'row ' || i, i * 1.5, '2026-01-01', CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN i ELSE 'x' END FROM n;`);
  database.close();
  cpSync(before, after);
  const both = await openBeside(before, after);
  const count = () =>
    both.prepare('SELECT (SELECT count(*) FROM main.t), (SELECT count(*) FROM before.t)').get();
  count(); // The pages are read for both.
  const counting = seconds(count);
  const same = seconds(() => compareTable(both, { before: 't', after: 't' }));
  both.exec(
    'UPDATE main.t SET name = upper(name), note = NULL WHERE id % 2 = 0; DELETE FROM main.t WHERE id % 100 = 0',
  );
  const other = seconds(() => compareTable(both, { before: 't', after: 't' }));
  both.close();
  const print = (what: string, time: number) =>
    console.log(`${what.padEnd(34)} ${time.toFixed(2)} s  ${(time / counting).toFixed(1)} ×`);
  print(`count(*), twice ${rows} rows`, counting);
  print('witness, nothing has changed', same);
  print('witness, half of the rows changed', other);
} finally {
  rmSync(folder, { recursive: true });
}
