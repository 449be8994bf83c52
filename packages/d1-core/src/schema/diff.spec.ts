import { loadTokenizer } from '../sql/index.ts';
import { describeSchemaChanges, diffSchemas } from './diff.ts';
import { schemaOf } from './read-schema.ts';

const schemaFrom = (...statements: readonly string[]) =>
  schemaOf(
    statements.map((sql) => {
      const [, type = '', name = ''] = /CREATE (?:UNIQUE )?(TABLE|INDEX|VIEW|TRIGGER) (\w+)/.exec(sql) ?? [];
      return { type: type.toLowerCase(), name, table: name, sql };
    }),
  );

async function linesOf(before: readonly string[], after: readonly string[]): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  return describeSchemaChanges(
    diffSchemas(await schemaFrom(...before), await schemaFrom(...after), tokenize),
  );
}

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER)';

describe('the difference of two schemas', () => {
  it('is nothing when only formatting, quotes and order differ', async () => {
    const b = 'CREATE TABLE b (z)';
    const other = 'CREATE TABLE "a" (\n  id INTEGER PRIMARY KEY, -- the key\n  x text,\n  `y` INTEGER)';
    expect(await linesOf([A, b], [b, other])).toEqual([]);
  });

  it('reads no statement that is as it was', async () => {
    const schema = await schemaFrom(A, 'CREATE INDEX idx_x ON a (x)');
    const tokenize = () => {
      throw new Error('A statement was read.');
    };
    expect(diffSchemas(schema, schema, tokenize)).toEqual([]);
  });

  it('names what came, what went and what changed', async () => {
    expect(
      await linesOf(
        [A, 'CREATE INDEX idx_x ON a (x)', 'CREATE VIEW v AS SELECT x FROM a'],
        [A, 'CREATE INDEX idx_y ON a (y)', 'CREATE VIEW v AS SELECT y FROM a'],
      ),
    ).toEqual(['- index idx_x', '~ view v: definition', '+ index idx_y']);
  });

  it.each([
    ['CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT)', 'column y removed'],
    ['CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER, z)', 'column z added'],
    ['CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER)', 'column x TEXT → INTEGER'],
    [
      "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'q', y INTEGER)",
      "column x NOT NULL and DEFAULT 'q'",
    ],
    ['CREATE TABLE a (id INTEGER PRIMARY KEY, y INTEGER, x TEXT)', 'order of the columns'],
    [
      'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER REFERENCES a (id) ON DELETE CASCADE)',
      'foreign key (y) to a (id) ON DELETE CASCADE added',
    ],
    ['CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER) STRICT', 'STRICT'],
    ["CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT CHECK (x <> ''), y INTEGER)", 'definition'],
  ])('says of a table that became "%s": %s', async (after, expected) => {
    expect(await linesOf([A], [after])).toEqual([`~ table a: ${expected}`]);
  });
});
