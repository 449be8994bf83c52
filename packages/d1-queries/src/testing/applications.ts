/** A column of a generated application. */
interface AppColumn {
  readonly name: string;
  readonly type: 'INTEGER' | 'TEXT';
  /** The table whose `id` it is. */
  readonly parent?: string;
}

interface AppTable {
  readonly name: string;
  readonly columns: readonly AppColumn[];
}

/** A query of a generated application, and what its parameters are. */
export interface AppQuery {
  readonly sql: string;
  /** In the order of the parameters: of which column, or which of the rows. */
  readonly parameters: readonly (AppColumn | 'row')[];
}

/** What becomes of the schema at one step. */
export const MUTATIONS = [
  'drop-column',
  'rename-column',
  'rename-table',
  'add-not-null',
  'add-check',
  'add-unique',
  'drop-table',
] as const;

/** An application with a history: its queries before a change of the schema, and after it. */
export interface Application {
  readonly mutation: (typeof MUTATIONS)[number];
  readonly base: string;
  readonly migrations: readonly {
    readonly name: string;
    readonly text: string;
    readonly isNeutral: boolean;
  }[];
  readonly old: readonly AppQuery[];
  readonly fresh: readonly AppQuery[];
  /** A Worker with these queries. */
  source(queries: readonly AppQuery[]): string;
}

const NOUNS = ['books', 'authors', 'loans', 'shelves', 'members', 'reviews', 'tags', 'photos'];
const WORDS = ['title', 'name', 'note', 'pages', 'rating', 'city', 'code', 'state', 'price', 'size', 'kind'];

/** Numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An application by its number: schema, queries, neutral migrations, and one that changes what a query needs. */
export function application(seed: number): Application {
  const next = numbers(seed);
  const upTo = (count: number) => Math.floor(next() * count);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[upTo(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const some = <Item>(items: readonly Item[], count: number): readonly Item[] => {
    const left = [...items];
    return Array.from({ length: Math.min(count, items.length) }, () =>
      left.splice(upTo(left.length), 1),
    ).flat();
  };
  const names = some(NOUNS, 2 + upTo(3));
  const tables = names.map((name, index): AppTable => ({
    name,
    columns: [
      ...some(WORDS, 3 + upTo(3)).map((word): AppColumn => ({ name: word, type: pick(['INTEGER', 'TEXT']) })),
      ...(index > 0 && next() < 0.6
        ? [{ name: 'parent_id', type: 'INTEGER', parent: names[index - 1] ?? '' } as const]
        : []),
    ],
  }));
  const mutation = MUTATIONS[seed % MUTATIONS.length] ?? 'drop-column';
  // A table that another one refers to cannot be dropped, nor rebuilt.
  const isFree = ({ name }: AppTable) =>
    tables.every(({ columns }) => columns.every(({ parent }) => parent !== name));
  const target = pick(/rename|drop-column|unique/.test(mutation) ? tables : tables.filter(isFree));
  const column = pick(target.columns.filter(({ parent }) => parent === undefined));
  const change = mutated(tables, target, column, mutation, pick);
  const steps = 2 + upTo(4);
  const at = upTo(steps);
  const neutral = (index: number) =>
    neutralStep(index, change === undefined || index > at ? change.tables : tables, pick);
  const migrations = Array.from({ length: steps }, (_, index) => ({
    name: `${String(index + 2).padStart(4, '0')}_step.sql`,
    text: index === at ? change.sql : neutral(index),
    isNeutral: index !== at,
  }));
  return {
    mutation,
    base: tables.map((table) => `${create(table)}\n${rows(table)}`).join('\n'),
    migrations,
    old: queriesOf(tables, next),
    fresh: queriesOf(change.tables, next),
    source,
  };
}

const definitionOf = ({ name, type, parent }: AppColumn): string =>
  `${name} ${type}${parent === undefined ? '' : ` REFERENCES ${parent} (id)`}`;

const create = ({ name, columns }: AppTable, more = ''): string =>
  `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${columns.map(definitionOf).join(', ')}${more});`;

/** Three rows that every check of a mutation takes. */
const rows = ({ name, columns }: AppTable): string =>
  `INSERT INTO ${name} VALUES ${[1, 2, 3]
    .map(
      (id) =>
        `(${[id, ...columns.map((one) => (one.parent === undefined ? literal(one, id) : id))].join(', ')})`,
    )
    .join(', ')};`;

const literal = ({ type }: AppColumn, id: number): string =>
  type === 'INTEGER' ? String(600 + id) : `'row number ${id}'`;

const rebuilt = (
  table: AppTable,
  more: string,
  given: readonly (readonly [string, string])[] = [],
): string => {
  const own = ['id', ...table.columns.map(({ name }) => name)];
  const into = [...own, ...given.map(([name]) => name)].join(', ');
  const from = [...own, ...given.map(([, value]) => value)].join(', ');
  return `${create({ ...table, name: `new_${table.name}` }, more)}
INSERT INTO new_${table.name} (${into}) SELECT ${from} FROM ${table.name};
DROP TABLE ${table.name};
ALTER TABLE new_${table.name} RENAME TO ${table.name};`;
};

function mutated(
  tables: readonly AppTable[],
  target: AppTable,
  column: AppColumn,
  mutation: Application['mutation'],
  pick: <Item>(items: readonly Item[]) => Item,
): { readonly sql: string; readonly tables: readonly AppTable[] } {
  const { name } = target;
  const replaced = (columns: readonly AppColumn[]) =>
    tables.map((table) => (table === target ? { ...table, columns } : table));
  const without = target.columns.filter((one) => one !== column);
  switch (mutation) {
    case 'drop-column':
      return { sql: `ALTER TABLE ${name} DROP COLUMN ${column.name};`, tables: replaced(without) };
    case 'rename-column':
      return {
        sql: `ALTER TABLE ${name} RENAME COLUMN ${column.name} TO ${column.name}_now;`,
        tables: replaced(
          target.columns.map((one) => (one === column ? { ...one, name: `${one.name}_now` } : one)),
        ),
      };
    case 'rename-table':
      return {
        sql: `ALTER TABLE ${name} RENAME TO ${name}_now;`,
        tables: tables.map((table) => ({
          name: table === target ? `${name}_now` : table.name,
          columns: table.columns.map((one) =>
            one.parent === name ? { ...one, parent: `${name}_now` } : one,
          ),
        })),
      };
    case 'add-not-null':
      return {
        sql: rebuilt(target, ', added TEXT NOT NULL', [['added', "'row number'"]]),
        tables: replaced([...target.columns, { name: 'added', type: 'TEXT' }]),
      };
    case 'add-check': {
      const check =
        column.type === 'INTEGER'
          ? pick([`${column.name} > 500`, `${column.name} >= 0`, `${column.name} BETWEEN 550 AND 700`])
          : pick([`length(${column.name}) > 8`, `${column.name} <> ''`, `${column.name} LIKE 'row%'`]);
      return { sql: rebuilt(target, `, CHECK (${check})`), tables };
    }
    case 'add-unique':
      return { sql: `CREATE UNIQUE INDEX u_${name} ON ${name} (${column.name});`, tables };
    case 'drop-table':
      return { sql: `DROP TABLE ${name};`, tables: tables.filter((table) => table !== target) };
  }
}

/** A step that no query minds. */
function neutralStep(
  index: number,
  tables: readonly AppTable[],
  pick: <Item>(items: readonly Item[]) => Item,
): string {
  const { name, columns } = pick(tables);
  const column = pick(columns);
  return pick([
    `ALTER TABLE ${name} ADD COLUMN more_${index} TEXT;`,
    `ALTER TABLE ${name} ADD COLUMN count_${index} INTEGER NOT NULL DEFAULT 0;`,
    `CREATE INDEX idx_${index} ON ${name} (${column.name});`,
    `CREATE TABLE extra_${index} (id INTEGER PRIMARY KEY, what TEXT);`,
    `CREATE VIEW seen_${index} AS SELECT id FROM ${name};`,
    `UPDATE ${name} SET id = id WHERE id > 2;`,
    `CREATE TABLE log_${index} (of INTEGER);\nCREATE TRIGGER t_${index} AFTER INSERT ON ${name} BEGIN INSERT INTO log_${index} VALUES (new.id); END;`,
  ]);
}

/** What an application asks of its tables. */
function queriesOf(tables: readonly AppTable[], next: () => number): readonly AppQuery[] {
  return tables.flatMap(({ name, columns }): readonly AppQuery[] => {
    const names = columns.map((one) => one.name);
    const read = columns.filter(() => next() < 0.6).map((one) => one.name);
    const values = columns.filter(({ parent }) => parent === undefined);
    const set = values.filter((_, index) => index === 0 || next() < 0.4);
    const [first] = values;
    const reference = columns.find(({ parent }) => parent !== undefined);
    return [
      {
        sql: `INSERT INTO ${name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        parameters: columns,
      },
      { sql: `SELECT ${['id', ...read].join(', ')} FROM ${name} WHERE id = ?`, parameters: ['row'] },
      {
        sql: `UPDATE ${name} SET ${set.map((one) => `${one.name} = ?`).join(', ')} WHERE id = ?`,
        parameters: [...set, 'row'],
      },
      { sql: `SELECT count(*) AS n FROM ${name}`, parameters: [] },
      ...(first === undefined
        ? []
        : [{ sql: `SELECT id FROM ${name} WHERE ${first.name} = ? ORDER BY id`, parameters: [first] }]),
      ...(reference?.parent === undefined
        ? []
        : [
            {
              sql: `SELECT a.id FROM ${name} a JOIN ${reference.parent} b ON b.id = a.${reference.name}`,
              parameters: [],
            },
          ]),
    ];
  });
}

const source = (queries: readonly AppQuery[]): string =>
  `interface Env { DB: D1Database }\n${queries
    .map(
      ({ sql }, index) =>
        `const Q${index} = \`${sql}\`;\nexport const q${index} = (env: Env) => env.DB.prepare(Q${index});`,
    )
    .join('\n')}\nexport default { fetch: () => new Response('') };\n`;

/** Words and numbers that people give it. */
const TEXTS = ['io', 'a long story of the sea', 'row 17', 'b'];
const NUMBERS = [4, 17, 640, 999];

/** How often a query is tried with other values. */
export const SAMPLES = TEXTS.length;

/** The query with values in place of its parameters, as a person would cause it: twice, for another row. */
export const sampled = ({ sql, parameters }: AppQuery, sample: number): readonly string[] =>
  [1, 2].map((row) => {
    let index = 0;
    return sql.replaceAll('?', () => {
      const one = parameters[index++];
      if (one === 'row' || one === undefined) return String(row);
      if (one.parent !== undefined) return String(row);
      return one.type === 'INTEGER' ? String(NUMBERS[sample]) : `'${TEXTS[sample]}'`;
    });
  });
