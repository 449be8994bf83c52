import { openLocalD1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { quoteIdentifier } from 'd1-core/sql';
import { localDatabase } from 'd1-core/target';
import { fuzzRuns, targetIn, testWorkspace, type TestWorkspace } from 'd1-core/testing';
import fc from 'fast-check';
import { readContent, type Content } from '../database/read-content.ts';
import { save } from '../testing/backups.ts';
import { contentOf, restoreFile, withoutTools } from '../testing/restores.ts';

/** Names that have to be quoted, and such that look like something else. */
const name = fc.oneof(
  fc.constantFrom('a', 'order', 'Größe', 'a b', "it's", 'x"y', '[z]', 'BEGIN', 'sqlite', 'é;--', 'rowid'),
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
);

const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'));

/** A value as an SQL expression. */
const value = fc.oneof(
  fc.constantFrom(
    'NULL',
    '9223372036854775807',
    '-9223372036854775807',
    '1e999',
    '-1e999',
    '1.0',
    '0.0',
    "''",
    "x''",
  ),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number.toExponential()),
  hex.map((digits) => `x'${digits}'`),
  hex.map((digits) => `CAST(x'${digits}' AS TEXT)`),
  fc
    .string({ unit: 'binary', maxLength: 30 })
    .map((text) => `CAST(x'${Buffer.from(text).toString('hex')}' AS TEXT)`),
  fc
    .constantFrom('hello\nworld', '\\n', 'BEGIN TRANSACTION; COMMIT;', "o''clock", '😀', ';')
    .map((text) => `'${text}'`),
  fc.integer({ min: 1, max: 120_000 }).map((length) => `replace(hex(zeroblob(${length})), '00', 'xy')`),
  fc.integer({ min: 1, max: 200_000 }).map((length) => `zeroblob(${length})`),
);

const column = fc.record({
  name,
  type: fc.constantFrom('', 'INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC', 'ANYTHING'),
  constraint: fc.constantFrom('', '', '', 'UNIQUE', 'DEFAULT (1 + 1)', 'COLLATE NOCASE', 'NOT NULL'),
});

const table = fc.record({
  name,
  columns: fc.uniqueArray(column, {
    minLength: 1,
    maxLength: 6,
    selector: (one) => one.name.toLowerCase(),
  }),
  key: fc.constantFrom('none', 'integer', 'autoincrement', 'without-rowid'),
  rows: fc.array(fc.array(value, { minLength: 8, maxLength: 8 }), { maxLength: 12 }),
  /** Whether it points to the table before it, and to itself. */
  pointsBack: fc.boolean(),
  index: fc.constantFrom('none', 'plain', 'partial', 'expression'),
  extra: fc.constantFrom('none', 'view', 'trigger', 'search', 'generated'),
});

type Table = typeof table extends fc.Arbitrary<infer Value> ? Value : never;

const schema = fc.uniqueArray(table, { maxLength: 4, selector: (one) => one.name.toLowerCase() });

const keyOf = (key: Table['key']): readonly string[] =>
  ({
    none: [],
    integer: ['"the key" INTEGER PRIMARY KEY'],
    autoincrement: ['"the key" INTEGER PRIMARY KEY AUTOINCREMENT'],
    'without-rowid': ['"the key" PRIMARY KEY'],
  })[key];

/** Each group of statements is one transaction; what the engine refuses is left out. */
function statementsOf(tables: readonly Table[]): readonly string[] {
  return tables.flatMap((one, position) => {
    const own = quoteIdentifier(one.name);
    const before = tables[position - 1];
    const [first] = one.columns;
    const firstName = quoteIdentifier(first?.name ?? 'a');
    const definitions = [
      ...keyOf(one.key),
      ...one.columns.map((each) => `${quoteIdentifier(each.name)} ${each.type} ${each.constraint}`),
      ...(one.pointsBack && before !== undefined && before.key !== 'none'
        ? [`"points to" REFERENCES ${quoteIdentifier(before.name)} ("the key")`]
        : []),
      ...(one.extra === 'generated' ? [`"made of it" AS (typeof(${firstName}))`] : []),
    ];
    const into = one.columns.map((each) => quoteIdentifier(each.name)).join(', ');
    const keyed = one.key === 'without-rowid' ? '"the key", ' : '';
    const rows = one.rows.map((row, index) => {
      const values = row.slice(0, one.columns.length).join(', ');
      const keyValue = one.key === 'without-rowid' ? `'k${index}', ` : '';
      return `INSERT OR IGNORE INTO ${own} (${keyed}${into}) VALUES (${keyValue}${values})`;
    });
    const indexed = {
      plain: firstName,
      partial: `${firstName}`,
      expression: `lower(${firstName})`,
      none: '',
    };
    return [
      `CREATE TABLE ${own} (${definitions.join(', ')})${one.key === 'without-rowid' ? ' WITHOUT ROWID' : ''}`,
      ...rows,
      ...(one.index === 'none'
        ? []
        : [
            `CREATE INDEX "index of ${position}" ON ${own} (${indexed[one.index]})${one.index === 'partial' ? ` WHERE ${firstName} IS NOT NULL` : ''}`,
          ]),
      ...(one.extra === 'view' ? [`CREATE VIEW "view ${position}" AS SELECT * FROM ${own}`] : []),
      ...(one.extra === 'trigger'
        ? [
            `CREATE TRIGGER "trigger ${position}" AFTER INSERT ON ${own} BEGIN UPDATE ${own} SET ${firstName} = CASE WHEN 1 THEN ${firstName} ELSE 'END;' END WHERE 0; END`,
          ]
        : []),
      ...(one.extra === 'search'
        ? [
            `CREATE VIRTUAL TABLE "search ${position}" USING fts5(body)`,
            `INSERT INTO "search ${position}" (rowid, body) SELECT 3 * value, 'word' || value FROM json_each('[1,2,3]')`,
          ]
        : []),
    ];
  });
}

/** Runs what the engine takes: a random name or value may be one that it refuses. Gives what is in the database then. */
async function fill(workspace: TestWorkspace, statements: readonly string[]): Promise<Content> {
  const d1 = openLocalD1(localDatabase(targetIn(workspace)));
  try {
    await d1.batch(['SELECT 1']);
    for (const statement of statements) {
      await d1.batch([statement]).catch((error: unknown) => {
        if (!isD1Error(error)) throw error;
      });
    }
    return withoutTools(await readContent(d1));
  } finally {
    await d1.close();
  }
}

const { numRuns, seed } = fuzzRuns(3, 25);

describe('a backup of a random database', () => {
  it('gives back its schema and every value', async () => {
    await fc.assert(
      fc.asyncProperty(schema, async (tables) => {
        const source = testWorkspace();
        const target = testWorkspace();
        const before = await fill(source, statementsOf(tables));
        // Proved by what follows.
        const { file } = await save(source, targetIn(source), { parts: 'database', verify: false });
        await restoreFile(String(file), targetIn(target));
        expect(await contentOf(target)).toEqual(before);
      }),
      { numRuns, seed, endOnFailure: true },
    );
  }, 3_600_000);
});
