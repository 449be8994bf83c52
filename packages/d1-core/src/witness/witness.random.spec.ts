import fc from 'fast-check';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabaseFile } from '../schema/index.ts';
import { fuzzRuns, temporaryFolder } from '../testing/index.ts';
import { compareContents } from './index.ts';

/** What SQLite tells apart only when one looks closely. */
const VALUES = [
  'NULL',
  '0',
  '1',
  "'1'",
  "'01'",
  '1.5',
  '9223372036854775807',
  '-9223372036854775808',
  "'a'",
  "'A'",
  "''",
  "x''",
  "x'61'",
  "'a' || char(0) || 'b'",
  "CAST(x'ff41' AS TEXT)",
  "'O''Reilly'",
  '-0.0 * 1.0',
];

const TABLES = [
  { columns: 'id INTEGER PRIMARY KEY, a, b', keys: 1 },
  { columns: '"the id" TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, a, b', keys: 1 },
  { columns: 'k1, k2, a, b, PRIMARY KEY (k1, k2)', options: 'WITHOUT ROWID', keys: 2 },
  { columns: 'id BLOB NOT NULL PRIMARY KEY, a ANY, b ANY', options: 'STRICT', keys: 1 },
  { columns: 'u TEXT NOT NULL UNIQUE, a, b AS (typeof(a))', keys: 1 },
  { columns: 'a, b', keys: 0 },
] as const;

const EDITS = ['update', 'update', 'delete', 'insert', 'nothing'] as const;

interface Row {
  readonly key: string;
  readonly cells: readonly string[];
}

/** Every cell as text from which it can be told: its type, its bytes, its sign. Rows are read one by one, without SQL that compares. */
function readRows(database: DatabaseSync, keys: number): readonly Row[] {
  const columns = database
    .prepare("SELECT name FROM pragma_table_xinfo('t') WHERE hidden = 0 ORDER BY cid")
    .all()
    .map(({ name }) => `"${String(name)}"`);
  const cells = columns.map(
    (
      column,
      index,
    ) => `typeof(${column}) || ':' || hex(${column}) || ':' || atan2(${column}, -1) AS c${index},
       typeof(${column}) || ':' || hex(${column}) AS d${index}`,
  );
  const order = keys === 0 ? 'rowid' : columns.slice(0, keys).join(', ');
  return database
    .prepare(`SELECT ${keys === 0 ? 'rowid AS r, ' : ''}${cells.join(', ')} FROM t ORDER BY ${order}`)
    .all()
    .map((row) => {
      const values = columns.map((_, index) => String(row[`c${index}`] ?? row[`d${index}`]));
      const key = keys === 0 ? String(row['r']) : values.slice(0, keys).join(' ');
      return { key, cells: values };
    });
}

/** The truth: row by row, cell by cell. */
function compareSlowly(before: readonly Row[], after: readonly Row[]) {
  let kept = 0;
  const changed: number[] = [];
  for (const row of before) {
    const found = after.find(({ key }) => key === row.key);
    if (found === undefined) continue;
    kept += 1;
    for (const [index, cell] of row.cells.entries())
      if (cell !== found.cells[index]) changed[index] = (changed[index] ?? 0) + 1;
  }
  return { kept, lost: before.length - kept, added: after.length - kept, changed };
}

type Edit = readonly [kind: (typeof EDITS)[number], row: number, values: readonly string[]];

const values = fc.array(fc.constantFrom(...VALUES), { minLength: 4, maxLength: 4 });
const edit: fc.Arbitrary<Edit> = fc.tuple(fc.constantFrom(...EDITS), fc.nat(4), values);

const close = (databases: readonly DatabaseSync[]) => {
  for (const database of databases) database.close();
};

/** Writes what the table takes: not a key that is taken, nor a type that it refuses. */
function write(databases: readonly DatabaseSync[], sql: string): void {
  for (const database of databases)
    try {
      database.exec(sql);
    } catch {
      return;
    }
}

it('the witness says what a comparison says that goes through all rows and cells one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TABLES),
      fc.array(values, { maxLength: 6 }),
      fc.array(edit, { maxLength: 3 }),
      async (table, rows, edits) => {
        const folder = temporaryFolder();
        const files = [join(folder, 'before'), join(folder, 'after')] as const;
        const [before, after] = await Promise.all([openDatabaseFile(files[0]), openDatabaseFile(files[1])]);
        const both = [before, after];
        const names = readNames(table.columns);
        const insert = (row: readonly string[]) =>
          `INSERT INTO t (${names.join(', ')}) VALUES (${row.slice(0, names.length).join(', ')})`;
        write(both, `CREATE TABLE t (${table.columns}) ${'options' in table ? table.options : ''}`);
        for (const row of rows) write(both, insert(row));
        for (const [kind, row, [value = 'NULL', ...others]] of edits) {
          const at = `WHERE ${names[0]} IS (SELECT ${names[0]} FROM t LIMIT 1 OFFSET ${row})`;
          if (kind === 'update') write([after], `UPDATE t SET a = ${value} ${at}`);
          if (kind === 'delete') write([after], `DELETE FROM t ${at}`);
          if (kind === 'insert') write([after], insert([value, ...others]));
        }
        const old = readRows(before, table.keys);
        const truth = compareSlowly(old, readRows(after, table.keys));
        close(both);
        const [found] = await compareContents(...files, [{ before: 't', after: 't' }]);
        if (found === undefined || isNullKey(old, table.keys)) return;
        const { kept, lost, added, changes, matchedBy } = found;
        if (matchedBy === 'content') {
          // Rows that were numbered again are found by what they hold: then less is said to be lost, but never nothing.
          expect(lost + added).toBeGreaterThan(0);
          expect(lost).toBeLessThanOrEqual(truth.lost + truth.changed.reduce((sum, one) => sum + one, 0));
          return;
        }
        const changed = names.map(
          (name) => changes.find(({ column }) => column === name.replaceAll('"', ''))?.changed ?? 0,
        );
        expect({ kept, lost, added, changed }).toEqual({
          ...truth,
          changed: names.map((_, index) => truth.changed[index] ?? 0),
        });
      },
    ),
    fuzzRuns(60, 40),
  );
});

const isNullKey = (rows: readonly Row[], keys: number): boolean =>
  rows.some(({ cells }) => cells.slice(0, keys).some((cell) => cell.startsWith('null')));

/** The columns that can be written. */
const readNames = (columns: string): readonly string[] =>
  columns
    .split(', ')
    .map((part) => /^("[^"]*"|\w+)/.exec(part)?.[0] ?? '')
    .filter((name) => /^("|\w{1,2}$)/.test(name))
    .filter((name) => !(name === 'b' && columns.includes('b AS')));
