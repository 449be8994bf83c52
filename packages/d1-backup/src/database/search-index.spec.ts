import { openShadowD1, type D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { testWrangler } from 'd1-core/testing';
import { readCatalog } from './catalog.ts';
import { checkSearches } from './check-content.ts';
import { loadStatements } from './load-statements.ts';
import { planSearches, wrongSearches } from './search-index.ts';
import { contentStatements } from './write-sql.ts';

const TEXTS = [
  ['Red fish', 'agreed running flies happily'],
  ['Blue fish', 'Käthe café red-fish, red_fish 2025'],
  ['', 'red red red'],
  ['日本語 の', 'a generalization of relational databases'],
  ['blue Blue', null],
];
const quoted = (text: string | null | undefined): string => (text == null ? 'NULL' : `'${text}'`);
const VALUES = TEXTS.map(
  ([title, body], row) => `(${row + 1}, ${quoted(title)}, ${quoted(body)}, ${row % 2})`,
);

interface Kind {
  readonly options: string;
  /** The statements after the table and the search are made. `f` is the search, `doc` the table with its text. */
  readonly filled: readonly string[];
}

const insert = (where: string): string =>
  `INSERT INTO f (rowid, title, body) SELECT id, title, body FROM doc ${where}`;
const EXTERNAL = "content='doc', content_rowid='id'";
const CONTENTS: Readonly<Record<string, Kind>> = {
  'its own text': { options: '', filled: [insert('')] },
  'no text': { options: "content=''", filled: [insert('')] },
  'no text, and rows deleted': {
    options: "content='', contentless_delete=1",
    filled: [insert(''), 'DELETE FROM f WHERE rowid = 2'],
  },
  'the text of a table': { options: EXTERNAL, filled: ["INSERT INTO f (f) VALUES ('rebuild')"] },
  'the text of a table, of which triggers hide rows': {
    options: EXTERNAL,
    filled: [insert('WHERE hidden = 0')],
  },
  'the text of a table that was changed after it': {
    options: EXTERNAL,
    filled: [insert(''), "UPDATE doc SET title = 'other words' WHERE id = 1"],
  },
  'the text of a table that lost rows after it': {
    options: EXTERNAL,
    filled: [insert(''), 'DELETE FROM doc WHERE id = 2'],
  },
};
const OPTIONS = [
  '',
  "prefix='2 3'",
  'columnsize=0',
  'detail=column',
  'detail=none',
  "tokenize='porter'",
  "tokenize='trigram'",
  "tokenize='unicode61 remove_diacritics 0 tokenchars ''-_'''",
];

/** A deleted row of a search without text needs its sizes. */
const isPossible = (content: string, options: string): boolean =>
  !(content.includes('contentless_delete') && options === 'columnsize=0');

const KINDS = Object.entries(CONTENTS).flatMap(([words, { options, filled }]) =>
  OPTIONS.filter((more) => isPossible(options, more)).map((more) => ({
    title: `${more === '' ? 'the default options' : more}, with ${words}`,
    options: [options, more].filter((one) => one !== ''),
    filled,
  })),
);

const own = (sql: string, index: number): string =>
  sql.replaceAll(/\bf\b/g, `f${index}`).replaceAll(/\bdoc\b/g, `doc${index}`);

const QUERIES = [
  'red',
  'fish',
  'blue',
  'other',
  'agreed',
  'run',
  'flies',
  'café',
  'Kathe',
  'red_fish',
  '日本語',
  'ed f',
  'bl*',
  'title : red',
  '"red fish"',
  'red NOT blue',
];

async function found(d1: D1, index: number): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const query of QUERIES) {
    const words = /[*:"]|NOT/.test(query) ? query : `"${query}"`;
    answers.push(
      await d1
        .batch([`SELECT rowid FROM f${index} WHERE f${index} MATCH '${words}' ORDER BY rowid`])
        .catch((error: unknown) => isD1Error(error) && error.code),
    );
  }
  return answers;
}

describe('what can be found in a full-text search can be found after a restore', () => {
  const source = openShadowD1(testWrangler());
  const restored = openShadowD1(testWrangler());
  let wrongAtFirst: readonly string[] = [];
  let lost: readonly string[] = [];
  let problems: readonly unknown[] = [];
  beforeAll(async () => {
    for (const [index, { options, filled }] of KINDS.entries())
      await source.batch(
        [
          'CREATE TABLE doc (id INTEGER PRIMARY KEY, title TEXT, body TEXT, hidden INTEGER)',
          `INSERT INTO doc VALUES ${VALUES.join(', ')}`,
          `CREATE VIRTUAL TABLE f USING fts5(${['title', 'body', ...options].join(', ')})`,
          ...filled,
        ].map((sql) => own(sql, index)),
      );
    const catalog = await readCatalog(source);
    const restore = async (d1: D1, byWords: readonly string[]) => {
      const searches = await planSearches(source, catalog, byWords);
      await loadStatements(d1, contentStatements(source, catalog, { onTable: () => undefined, searches }));
      searches.close();
      return searches;
    };
    const trial = openShadowD1(testWrangler());
    wrongAtFirst = await wrongSearches(trial, catalog, (await restore(trial, [])).digests);
    await trial.close();
    const searches = await restore(restored, wrongAtFirst);
    lost = searches.lost;
    problems = await checkSearches(restored, { searches: searches.digests, lostSearches: lost });
  });
  afterAll(() => Promise.all([source.close(), restored.close()]));

  it.each(KINDS.map(({ title }, index) => [title, index] as const))('%s', async (_, index) => {
    // Nobody can tell the order of the pieces of words.
    const isUntellable =
      /detail/.test(KINDS[index]?.title ?? '') && /trigram/.test(KINDS[index]?.title ?? '');
    expect(lost.includes(`f${index}`)).toBe(isUntellable);
    expect(await found(restored, index)).toEqual(await found(source, index));
  });

  it('and the proof agrees, after those whose text was changed after them were written by their words', () => {
    expect(problems).toEqual([]);
    const changed = KINDS.flatMap(({ title }, index) =>
      title.includes('changed after it') ||
      (title.includes('columnsize=0') &&
        title.includes('the text of a table') &&
        !title.endsWith('the text of a table'))
        ? [`f${index}`]
        : [],
    );
    expect(wrongAtFirst.toSorted()).toEqual(changed.toSorted());
  });
});

it('a search whose index nobody can write again is named, and only its definition is saved', async () => {
  const source = openShadowD1(testWrangler());
  const restored = openShadowD1(testWrangler());
  await source.batch([
    "CREATE VIRTUAL TABLE f USING fts5(a, content='', detail=column, tokenize='trigram')",
    "INSERT INTO f (rowid, a) VALUES (1, 'photograph')",
  ]);
  const catalog = await readCatalog(source);
  const searches = await planSearches(source, catalog);
  expect([searches.lost, searches.digests]).toEqual([['f'], []]);
  await loadStatements(restored, contentStatements(source, catalog, { onTable: () => undefined, searches }));
  expect(await restored.batch(["SELECT rowid FROM f('pho')"])).toEqual([[]]);
  expect(await checkSearches(restored, { lostSearches: searches.lost })).toEqual([]);
  searches.close();
  await Promise.all([source.close(), restored.close()]);
});
