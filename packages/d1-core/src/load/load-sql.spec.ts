import { join } from 'node:path';
import { errorOf, temporaryFolder } from '../testing/index.ts';
import { loadSql, withoutValues } from './index.ts';

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const load = (sql: string) => loadSql(join(temporaryFolder(), 'db.sqlite'), chunks(sql), 'dump.sql');

describe('a dump that cannot be loaded', () => {
  it('is told with its statement, and without the values of rows', async () => {
    const error = await errorOf(
      load(`CREATE TABLE a (x UNIQUE); INSERT INTO a (x) VALUES ('secret'), ('secret');`),
    );
    expect(error).toMatchObject({
      code: 'unloadable-dump',
      notes: ['The statement: INSERT INTO a (x) VALUES … (47 characters)'],
    });
    expect(JSON.stringify([error.message, error.notes])).not.toContain('secret');
  });

  it('is not blamed for a disk that is full', async () => {
    const error = await errorOf(loadSql('/dev/full/db.sqlite', chunks('CREATE TABLE a (x);'), 'dump.sql'));
    expect(error).toMatchObject({ code: 'file-failed' });
  });
});

describe('what is no dump of D1', () => {
  it.each([
    ['-- made by sqlite3\n.mode insert;', '".mode"'],
    ['%PDF-1.7 and more;', '"%PDF-1.7"'],
    ["ATTACH 'x' AS x;", '"ATTACH"'],
  ])('is told by how its statement begins: %j', async (text, begin) => {
    expect(await errorOf(load(text))).toMatchObject({
      code: 'unloadable-dump',
      message: `dump.sql cannot be loaded: a dump of D1 has no statement that begins with ${begin}.`,
    });
  });
});

describe('a statement without its values', () => {
  it.each([
    [`insert into "a b" (x) values (1)`, 'insert into "a b" (x) values … (32 characters)'],
    [`REPLACE INTO a SELECT 'secret'`, 'REPLACE INTO a SELECT … (30 characters)'],
    [`UPDATE "a b" SET x = 'secret'`, 'UPDATE "a b" … (29 characters)'],
    [`DELETE FROM a WHERE x = 'secret'`, 'DELETE FROM a … (32 characters)'],
    ['CREATE TABLE a (x)', 'CREATE TABLE a (x)'],
  ])('%s', (statement, shown) => {
    expect(withoutValues(statement)).toBe(shown);
  });
});
