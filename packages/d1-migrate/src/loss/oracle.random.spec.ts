import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { copyDatabase, localDatabaseFile, startEngine, type Engine } from 'd1-core/database';
import { isOurTable } from 'd1-core/records';
import { openDatabaseFile } from 'd1-core/schema';
import { fuzzRuns, temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import fc from 'fast-check';
import { analyseMigrations } from 'd1-core/loss';
import { observe, removeDatabase } from './observe.ts';

const BINDING = 'ORACLE';

const ACTIONS = ['', 'ON DELETE CASCADE', 'ON DELETE SET NULL', 'ON UPDATE CASCADE', 'ON UPDATE SET NULL'];

const TRIGGERS = [
  '',
  'CREATE TRIGGER t AFTER UPDATE ON p BEGIN DELETE FROM u WHERE id = NEW.id; END',
  'CREATE TRIGGER t AFTER UPDATE ON p BEGIN UPDATE c SET v = NULL WHERE id = NEW.id; END',
  "CREATE TRIGGER t AFTER DELETE ON c BEGIN UPDATE u SET t = 'gone ' || id WHERE id = OLD.id; END",
  'CREATE TRIGGER t AFTER INSERT ON u BEGIN DELETE FROM c WHERE id = NEW.id; END',
];

/** Where the three tables are, and their columns, while a migration is written: the name before → the name now. */
interface Book {
  readonly tables: Map<string, string | undefined>;
  readonly columns: Map<string, string | undefined>;
  /** What statements say themselves: `p.name`. */
  readonly intended: Set<string>;
}

const P = { id: 'INTEGER PRIMARY KEY', name: 'TEXT', code: 'TEXT', n: 'INTEGER' };

/** Rebuilds `p` with a SELECT for each column; without one the column is left out. */
function rebuild(
  { tables, columns, intended }: Book,
  values: Partial<Record<keyof typeof P, string>>,
  {
    tail = '',
    verb = 'INSERT',
    types = {},
  }: { tail?: string; verb?: string; types?: Partial<typeof P> } = {},
): readonly string[] {
  const now = tables.get('p');
  const kept = (['id', 'name', 'code', 'n'] as const).filter(
    (column) => values[column] !== undefined && columns.get(`p.${column}`) === column,
  );
  if (now === undefined || !kept.includes('id')) return [];
  for (const column of ['name', 'code', 'n'] as const)
    if (!kept.includes(column)) columns.set(`p.${column}`, undefined);
  for (const column of kept) if (/\(/.test(values[column] ?? '')) intended.add(`p.${column}`);
  const definitions = kept.map((column) => `${column} ${types[column] ?? P[column]}`);
  return [
    `CREATE TABLE fresh (${definitions.join(', ')})`,
    `${verb} INTO fresh (${kept.join(', ')}) SELECT ${kept.map((column) => values[column]).join(', ')} FROM ${now} ${tail}`,
    `DROP TABLE ${now}`,
    `ALTER TABLE fresh RENAME TO ${now}`,
  ];
}

const ALL = { id: 'id', name: 'name', code: 'code', n: 'n' };

/** What a migration may do. Each says what it intends. */
const STEPS: readonly ((book: Book, row: number) => readonly string[])[] = [
  ({ tables, intended }, row) => {
    intended.add('p.name');
    return [`UPDATE ${tables.get('p')} SET name = 'now ' || id WHERE id >= ${row}`];
  },
  ({ tables, intended }) => {
    intended.add('c.v');
    return [`UPDATE ${tables.get('c')} SET v = v || '!'`];
  },
  ({ tables }, row) => [`DELETE FROM ${tables.get('p')} WHERE id = ${row}`],
  ({ tables }, row) => [`DELETE FROM ${tables.get('c')} WHERE id > ${row}`],
  (_, row) => [`INSERT INTO u (id, t) VALUES (${row + 50}, 't${row}')`],
  (_, row) => [`INSERT OR IGNORE INTO u (id, t) VALUES (${row}, 'other')`],
  ({ tables, intended }, row) => {
    for (const column of ['name', 'id']) intended.add(`p.${column}`);
    return [`INSERT OR REPLACE INTO ${tables.get('p')} (id, name) VALUES (${row}, 'replaced')`];
  },
  ({ tables, intended }, row) => {
    intended.add('p.name');
    return [
      `INSERT INTO ${tables.get('p')} (id, name) VALUES (${row}, 'x') ON CONFLICT (id) DO UPDATE SET name = 'upserted'`,
    ];
  },
  (book) => rebuild(book, ALL),
  (book, row) => rebuild(book, ALL, { tail: `WHERE id > ${row}` }),
  (book, row) => rebuild(book, ALL, { tail: `LIMIT ${row}` }),
  (book) => rebuild(book, { ...ALL, name: 'code', code: 'name' }),
  (book) => rebuild(book, { ...ALL, name: 'upper(name)' }),
  (book) => rebuild(book, { id: 'id', name: 'name', n: 'n' }),
  (book) => rebuild(book, { ...ALL, n: 'NULL' }),
  (book) => rebuild(book, ALL, { types: { code: 'INTEGER' } }),
  (book) => rebuild(book, ALL, { verb: 'INSERT OR IGNORE', types: { name: 'TEXT UNIQUE' } }),
  ({ tables }) => {
    const now = tables.get('p');
    return [
      `CREATE TABLE kept AS SELECT * FROM ${now}`,
      `DELETE FROM ${now}`,
      `INSERT INTO ${now} SELECT * FROM kept`,
      'DROP TABLE kept',
    ];
  },
  ({ tables }) => {
    const now = tables.get('p');
    tables.set('p', 'q');
    return now === 'q' ? [] : [`ALTER TABLE ${now} RENAME TO q`];
  },
  ({ tables, columns, intended }) => {
    if (columns.get('p.n') !== 'n') return [];
    columns.set('p.n', undefined);
    intended.add('p.n');
    return [`ALTER TABLE ${tables.get('p')} DROP COLUMN n`];
  },
  ({ tables, columns }) => {
    if (columns.get('p.code') !== 'code') return [];
    columns.set('p.code', 'sign');
    return [`ALTER TABLE ${tables.get('p')} RENAME COLUMN code TO sign`];
  },
  ({ tables, intended }) => {
    intended.add('p.id');
    return [`UPDATE ${tables.get('p')} SET id = id + 100`];
  },
  ({ tables }) => {
    const now = tables.get('c');
    tables.set('c', undefined);
    return now === undefined ? [] : [`DROP TABLE ${now}`];
  },
  () => ['PRAGMA defer_foreign_keys = ON'],
];

type Value = string | number | bigint | null | Uint8Array;
type Rows = ReadonlyMap<Value, Readonly<Record<string, Value>>>;

function readRows(database: DatabaseSync, table: string): Rows {
  const rows: Readonly<Record<string, Value>>[] = database.prepare(`SELECT * FROM ${table}`).all();
  return new Map(rows.map((row) => [row['id'] ?? null, row]));
}

/** The truth, row by row and value by value: `table rows` and `table.column` with how many are lost. */
function lossesOf(
  before: DatabaseSync,
  after: DatabaseSync,
  { tables, columns, intended }: Book,
  action: string,
) {
  const lost: string[] = [];
  for (const [table, now] of tables) {
    const old = readRows(before, table);
    const rows: Rows = now === undefined ? new Map() : readRows(after, now);
    const gone = [...old.keys()].filter((id) => !rows.has(id)).length;
    if (gone > 0) lost.push(`${gone} rows ${table}`);
    if (rows.size === 0) continue;
    for (const column of Object.keys([...old.values()][0] ?? {})) {
      if (column === 'id' || intended.has(`${table}.${column}`)) continue;
      const later = columns.has(`${table}.${column}`) ? columns.get(`${table}.${column}`) : column;
      const follows = table === 'c' && column === 'parent' && action === 'ON UPDATE CASCADE';
      let count = 0;
      for (const [id, row] of old) {
        const found = rows.get(id);
        const was = row[column] ?? null;
        if (found === undefined || was === null) continue;
        const is = later === undefined ? null : (found[later] ?? null);
        if (is === null || (String(is) !== String(was) && !follows)) count += 1;
      }
      if (count > 0) lost.push(`${count} values ${table}.${column}`);
    }
  }
  return lost.sort();
}

describe('what a random migration loses on workerd', () => {
  const folder = temporaryFolder();
  const file = localDatabaseFile({ persistTo: folder, id: 'oracle' });
  let engine: Engine;
  let refused = 0;
  let withLoss = 0;
  let cases = 0;
  beforeAll(async () => {
    engine = await startEngine({
      wrangler: testWrangler(),
      databases: { [BINDING]: 'oracle' },
      persistTo: folder,
    });
  });
  afterAll(async () => {
    await engine.dispose();
    console.info(`${cases} cases, ${withLoss} of them with losses, ${refused} refused by the engine`);
  });

  const CLEAN = ['c', 'p', 'q', 'u', 'fresh', 'kept'].map((table) => `DROP TABLE IF EXISTS ${table}`);

  it('is what the judgement of the witness says, and what a comparison says that knows nothing of it', async () => {
    const name = fc.constantFrom("'a'", "'A'", "'007'", "'8'", 'NULL', "''");
    const row = fc.tuple(name, name, fc.constantFrom('1', '2', 'NULL'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ACTIONS),
        fc.constantFrom(...TRIGGERS),
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (action, trigger, rows, steps) => {
          cases += 1;
          const book: Book = {
            tables: new Map([
              ['p', 'p'],
              ['c', 'c'],
              ['u', 'u'],
            ]),
            columns: new Map(Object.keys(P).map((column) => [`p.${column}`, column])),
            intended: new Set(),
          };
          const definitions = Object.entries(P).map(([column, type]) => `${column} ${type}`);
          const base = [
            'PRAGMA defer_foreign_keys = ON',
            ...CLEAN,
            `CREATE TABLE p (${definitions.join(', ')})`,
            `CREATE TABLE c (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES p (id) ${action}, v TEXT)`,
            'CREATE TABLE u (id INTEGER PRIMARY KEY, t TEXT UNIQUE ON CONFLICT REPLACE)',
            ...rows.map((values, index) => `INSERT INTO p VALUES (${index + 1}, ${values.join(', ')})`),
            ...rows.map((_, index) => `INSERT INTO c VALUES (${index + 1}, ${index + 1}, 'v${index}')`),
            ...rows.map((_, index) => `INSERT INTO u VALUES (${index + 1}, 't${index + 1}')`),
            ...(trigger === '' ? [] : [trigger]),
          ];
          const statements = steps.flatMap(([step, at]) => step(book, at));
          await engine.batch(BINDING, base);
          const before = join(temporaryFolder(), 'before.sqlite');
          await copyDatabase(file, before);
          const { error } = await engine.transactions(BINDING, [statements]);
          if (error !== undefined || statements.length === 0) {
            refused += 1;
            return;
          }
          writeFiles(join(before, '..'), { '0001_x.sql': statements.map((sql) => `${sql};\n`).join('') });
          const path = join(before, '..', '0001_x.sql');
          const [migration] = await analyseMigrations([{ name: '0001_x.sql', path, number: 1 }]);
          if (migration === undefined) return;
          const observed = await observe(before, file, migration, (table) =>
            isOurTable(table, 'd1_migrations'),
          );
          const said = observed.losses
            .filter(({ what }) => what !== 'twice')
            .map(({ count, what, table, column }) =>
              what === 'rows' ? `${count} rows ${table}` : `${count} values ${table}.${column}`,
            )
            .sort();
          const [first, second] = await Promise.all([openDatabaseFile(before), openDatabaseFile(file)]);
          const truth = lossesOf(first, second, book, action);
          for (const database of [first, second]) database.close();
          await removeDatabase(before);
          if (truth.length > 0) withLoss += 1;
          expect({ said, statements, base }).toEqual({ said: truth, statements, base });
          // And each has its place.
          expect(observed.losses.filter(({ line }) => line === undefined)).toEqual([]);
        },
      ),
      fuzzRuns(150, 800),
    );
  });
});
