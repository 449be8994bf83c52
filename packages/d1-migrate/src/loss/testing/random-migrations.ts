/** Each lets a parent go: what D1 refuses loses nothing. */
export const ACTIONS = [
  '',
  'ON DELETE CASCADE ON UPDATE CASCADE',
  'ON DELETE CASCADE ON UPDATE SET NULL',
  'ON DELETE SET NULL ON UPDATE CASCADE',
  'ON DELETE SET NULL ON UPDATE SET NULL',
];

export const TRIGGERS = [
  '',
  'CREATE TRIGGER t AFTER UPDATE ON p BEGIN DELETE FROM u WHERE id = NEW.id; END',
  'CREATE TRIGGER t AFTER UPDATE ON p BEGIN UPDATE c SET v = NULL WHERE id = NEW.id; END',
  "CREATE TRIGGER t AFTER DELETE ON c BEGIN UPDATE u SET t = 'gone ' || id WHERE id = OLD.id; END",
  'CREATE TRIGGER t AFTER INSERT ON u BEGIN DELETE FROM c WHERE id = NEW.id; END',
];

/** Where the three tables are, and their columns, while a migration is written: the name before → the name now. */
export interface Book {
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
  const isThere = kept.every((column) => {
    const source = values[column] ?? '';
    return source === column || columns.get(`p.${source}`) === source || !(source in P);
  });
  if (now === undefined || !kept.includes('id') || !isThere) return [];
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
export const STEPS: readonly ((book: Book, row: number) => readonly string[])[] = [
  ({ tables, intended }, row) => {
    intended.add('p.name');
    return [`UPDATE ${tables.get('p')} SET name = 'now ' || id WHERE id >= ${row}`];
  },
  ({ tables, intended }) => {
    if (tables.get('c') === undefined) return [];
    intended.add('c.v');
    return [`UPDATE ${tables.get('c')} SET v = v || '!'`];
  },
  ({ tables }, row) => [`DELETE FROM ${tables.get('p')} WHERE id = ${row}`],
  ({ tables }, row) =>
    tables.get('c') === undefined ? [] : [`DELETE FROM ${tables.get('c')} WHERE id > ${row}`],
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
  (book) => rebuild(book, { ...ALL, name: "''" }),
  (book) => rebuild(book, ALL, { tail: 'GROUP BY name' }),
  ({ intended }, row) => {
    intended.add('u.t');
    return [`UPDATE u SET t = 't1' WHERE id >= ${row}`];
  },
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

export const newBook = (): Book => ({
  tables: new Map([
    ['p', 'p'],
    ['c', 'c'],
    ['u', 'u'],
  ]),
  columns: new Map(Object.keys(P).map((column) => [`p.${column}`, column])),
  intended: new Set(),
});

/** The three tables with rows. Where the key has no action no row has a parent: D1 would refuse whatever takes one away. */
export function tablesWith(
  action: string,
  trigger: string,
  rows: readonly (readonly string[])[],
): readonly string[] {
  const definitions = Object.entries(P).map(([column, type]) => `${column} ${type}`);
  return [
    `CREATE TABLE p (${definitions.join(', ')})`,
    `CREATE TABLE c (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES p (id) ${action}, v TEXT)`,
    'CREATE TABLE u (id INTEGER PRIMARY KEY, t TEXT UNIQUE ON CONFLICT REPLACE)',
    ...rows.map((values, index) => `INSERT INTO p VALUES (${index + 1}, ${values.join(', ')})`),
    ...rows.map(
      (_, index) => `INSERT INTO c VALUES (${index + 1}, ${action === '' ? 'NULL' : index + 1}, 'v${index}')`,
    ),
    ...rows.map((_, index) => `INSERT INTO u VALUES (${index + 1}, 't${index + 1}')`),
    ...(trigger === '' ? [] : [trigger]),
  ];
}
