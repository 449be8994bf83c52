import { schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { catalogDifference, readCatalogState } from './catalog-state.ts';

const difference = async (expected: string, actual: string): Promise<string | undefined> => {
  const stateOf = (sql: string) => readCatalogState([{ catalog: JSON.stringify([['table', 'posts', sql]]) }]);
  const schema = await schemaOf([{ type: 'table', name: 'posts', table: 'posts', sql: expected }]);
  return catalogDifference(stateOf(expected), stateOf(actual), schema, await loadTokenizer());
};

describe('the catalogue after a way back', () => {
  it('is not what it was where a default in double quotes is another text', async () => {
    expect(
      await difference(
        'CREATE TABLE posts (state TEXT DEFAULT "Draft")',
        'CREATE TABLE posts (state TEXT DEFAULT "draft")',
      ),
    ).toBe('not as it was: table posts');
  });

  it('is what it was where names alone are written in another way', async () => {
    expect(
      await difference(
        'CREATE TABLE posts (state TEXT CHECK (state > 0))',
        'CREATE TABLE "Posts" ("State" TEXT CHECK ("state" > 0))',
      ),
    ).toBeUndefined();
  });
});
