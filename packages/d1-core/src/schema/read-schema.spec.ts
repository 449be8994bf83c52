import { loadTokenizer } from '../sql/index.ts';
import { fingerprint } from './canonical-sql.ts';
import { readSchema, type SchemaSource } from './read-schema.ts';
import { openMemoryDatabase } from './sqlite.ts';

async function databaseWith(...statements: readonly string[]): Promise<SchemaSource> {
  const database = await openMemoryDatabase();
  for (const statement of statements) database.exec(statement);
  return { batch: async (queries) => queries.map((query) => database.prepare(query).all()) };
}

const fingerprintOf = async (...statements: readonly string[]) =>
  fingerprint(await readSchema(await databaseWith(...statements)), await loadTokenizer());

describe('reading the schema of a database', () => {
  it('finds tables, indexes, views and triggers with what SQLite makes of them', async () => {
    const schema = await readSchema(
      await databaseWith(
        'CREATE TABLE p (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)',
        'CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE, "a b" AS (p + 1) STORED)',
        'CREATE INDEX c_p ON c (p) WHERE p > 0',
        'CREATE VIEW v AS SELECT * FROM c',
        'CREATE TRIGGER t AFTER INSERT ON c BEGIN SELECT 1; END',
      ),
    );
    expect(schema.objects().map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'table p',
      'index sqlite_autoindex_p_1',
      'table c',
      'view v',
      'index c_p',
      'trigger t',
    ]);
    expect(schema.referencesTo('p')).toMatchObject([{ child: { name: 'c' } }]);
    expect(schema.table('c')?.columns).toMatchObject([{ name: 'p' }, { name: 'a b', generated: 'stored' }]);
  });

  it('knows the tables of a full-text index as its own', async () => {
    const schema = await readSchema(
      await databaseWith('CREATE TABLE a (x)', 'CREATE VIRTUAL TABLE f USING fts5(body)'),
    );
    expect(schema.table('f')?.storage).toBe('virtual');
    expect(schema.table('f_data')?.storage).toBe('shadow');
  });

  it('leaves out what is hidden, with the indexes of it', async () => {
    const source = await databaseWith(
      'CREATE TABLE a (x)',
      'CREATE TABLE b (y)',
      'CREATE INDEX b_y ON b (y)',
    );
    const schema = await readSchema(source, (table) => table === 'b');
    expect(schema.objects().map(({ name }) => name)).toEqual(['a']);
  });

  it('says which object SQLite does not take', async () => {
    const source = {
      batch: async () => [[{ type: 'table', name: 'a', tbl_name: 'a', sql: 'CREATE TABLE a' }]],
    };
    await expect(readSchema(source)).rejects.toMatchObject({
      code: 'schema-unreadable',
      message: expect.stringContaining('The table a '),
    });
  });
});

describe('the fingerprint of a schema', () => {
  it('is the same for another formatting, other quotes and another order', async () => {
    expect(
      await fingerprintOf('CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT)', 'CREATE INDEX a_x ON a (x)'),
    ).toBe(
      await fingerprintOf(
        'create table "a" (\n  id integer primary key, -- the key\n  [x] text\n)',
        'CREATE INDEX a_x ON "a"(x)',
      ),
    );
    expect(await fingerprintOf('CREATE TABLE a (x)', 'CREATE TABLE b (x)')).toBe(
      await fingerprintOf('CREATE TABLE b (x)', 'CREATE TABLE a (x)'),
    );
  });

  it('is the same for a table that got its name or a column by ALTER TABLE', async () => {
    expect(
      await fingerprintOf(
        'CREATE TABLE b (x TEXT)',
        'ALTER TABLE b RENAME TO a',
        'ALTER TABLE a ADD COLUMN y INT',
      ),
    ).toBe(await fingerprintOf('CREATE TABLE a (x TEXT, y INT)'));
  });

  it.each([
    ['a type', 'CREATE TABLE a (x TEXT)', 'CREATE TABLE a (x INT)'],
    ['the text of a default', `CREATE TABLE a (x DEFAULT 'a')`, `CREATE TABLE a (x DEFAULT 'A')`],
    ['the order of columns', 'CREATE TABLE a (x, y)', 'CREATE TABLE a (y, x)'],
  ])('differs for %s', async (_, one, other) => {
    expect(await fingerprintOf(one)).not.toBe(await fingerprintOf(other));
  });
});
