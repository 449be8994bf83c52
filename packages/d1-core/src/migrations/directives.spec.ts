import { loadTokenizer } from '../sql/index.ts';
import { readDirectives } from './index.ts';

const tokenize = await loadTokenizer();
const CHECKSUM = 'a'.repeat(64);

const read = (text: string) =>
  readDirectives({ name: '0001_x.sql', path: 'migrations/0001_x.sql', text }, tokenize);
const problemsIn = (text: string) =>
  read(text).problems.map(({ code, location }) => `${code} ${location?.line}:${location?.column}`);

describe('directives', () => {
  it('stand above the statement that they are about', () => {
    const { directives, problems } = read(
      'CREATE TABLE a (x);\n\n-- d1-migrate: expect-rows-lost lists: all of them are archived\n-- more words\nDROP TABLE lists;\n',
    );
    expect(problems).toEqual([]);
    expect(directives).toEqual([
      {
        name: 'expect-rows-lost',
        table: 'lists',
        reason: 'all of them are archived',
        line: 3,
        statement: 1,
      },
    ]);
  });

  it('announce the values of a column, or those of a whole table', () => {
    const { directives } = read(
      '-- d1-migrate: expect-values-changed lists.title: shortened\n-- d1-migrate: expect-values-changed "the lists": numbered again\nSELECT 1;',
    );
    expect(directives).toMatchObject([
      { name: 'expect-values-changed', table: 'lists', column: 'title', reason: 'shortened' },
      { name: 'expect-values-changed', table: 'the lists', column: undefined, reason: 'numbered again' },
    ]);
  });

  it('describe a rollback script in its header', () => {
    const text = [
      `-- d1-migrate: undoes 0001 add lists.sql ${CHECKSUM}`,
      '-- d1-migrate: class schema-only',
      '--d1-migrate:loses lists.title: what was written since',
      '  -- d1-migrate: loses "my ""table""": its rows',
      '-- d1-migrate: leaves roles: rows that the migration may have added',
      `-- d1-migrate: proof 1 by wrangler 4.1.0 ${CHECKSUM}`,
      'DROP TABLE lists;',
    ].join('\r\n');
    expect(read(text)).toEqual({
      directives: [
        { name: 'undoes', file: '0001 add lists.sql', checksum: CHECKSUM, line: 1, statement: 0 },
        { name: 'class', class: 'schema-only', line: 2, statement: 0 },
        {
          name: 'loses',
          table: 'lists',
          column: 'title',
          what: 'what was written since',
          line: 3,
          statement: 0,
        },
        { name: 'loses', table: 'my "table"', column: undefined, what: 'its rows', line: 4, statement: 0 },
        {
          name: 'leaves',
          table: 'roles',
          what: 'rows that the migration may have added',
          line: 5,
          statement: 0,
        },
        { name: 'proof', method: 1, wrangler: '4.1.0', checksum: CHECKSUM, line: 6, statement: 0 },
      ],
      problems: [],
    });
  });

  it('may be all that a file holds', () => {
    expect(read('-- d1-migrate: class irreversible').directives).toEqual([
      { name: 'class', class: 'irreversible', line: 1, statement: undefined },
    ]);
  });

  it.each(['order', '"a:b.c"', '[a b]', '`t`', 'größe'])('take %s for the name of a table', (name) => {
    const [directive] = read(`-- d1-migrate: expect-rows-lost ${name}: why: so\nSELECT 1;`).directives;
    expect(directive).toMatchObject({ table: name.replaceAll(/["[\]`]/g, ''), reason: 'why: so' });
  });

  it.each([
    "INSERT INTO t VALUES ('\n-- d1-migrate: expect-rows-lost t: no\n');",
    'SELECT 1 AS "\n-- d1-migrate: nonsense\n";',
    '-- see d1-migrate: the manual\nSELECT 1;',
    '-- d1-migrate rebuilds this table\nSELECT 1;',
  ])('are not seen in %j', (text) => {
    expect(read(text)).toEqual({ directives: [], problems: [] });
  });

  it.each([
    ['-- d1-migrate: expect-rows-lost t\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: expect-values-changed t.c\nSELECT 1;', 'unreadable-directive 1:1'],
    ['SELECT 1;\n-- d1-migrate: expect-values-changed t: reason', 'misplaced-directive 2:1'],
    ['-- d1-migrate: expect-rows-lost t:  \nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: expect-rows-lost : reason\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: expect-rows-lost t.c: reason\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: expect-row-lost t: reason\nSELECT 1;', 'unknown-directive 1:1'],
    ['-- d1-migrate:\nSELECT 1;', 'unknown-directive 1:1'],
    ['-- d1-migrate: captured rows of t\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: captured all of t in u\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: undoes 0001_a.sql abc\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: class exakt\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: leaves roles\nSELECT 1;', 'unreadable-directive 1:1'],
    ['-- d1-migrate: proof 1 by wrangler 4.1.0 abc\nSELECT 1;', 'unreadable-directive 1:1'],
    ['SELECT 1;\n-- d1-migrate: class exact\nSELECT 1;', 'misplaced-directive 2:1'],
    ['SELECT 1; -- d1-migrate: expect-rows-lost t: reason\nSELECT 2;', 'misplaced-directive 1:11'],
    ['DROP\n-- d1-migrate: expect-rows-lost t: reason\nTABLE t;', 'misplaced-directive 2:1'],
    ['SELECT 1;\n-- d1-migrate: expect-rows-lost t: reason\n', 'misplaced-directive 2:1'],
    ['/* d1-migrate: expect-rows-lost t: reason */\nSELECT 1;', 'misplaced-directive 1:1'],
  ])('that say nothing are problems: %j', (text, problem) => {
    expect(read(text).directives).toEqual([]);
    expect(problemsIn(text)).toEqual([problem]);
  });

  it('that are mistyped are answered with what was meant', () => {
    const [name] = read('-- d1-migrate: expect-row-lost t: reason\nSELECT 1;').problems;
    expect(name).toEqual({
      code: 'unknown-directive',
      severity: 'error',
      message: 'd1-migrate knows no directive "expect-row-lost".',
      fix: 'Write expect-rows-lost; the directives are expect-rows-lost, expect-values-changed, captured, undoes, class, loses, leaves, proof.',
      files: ['0001_x.sql'],
      location: { file: 'migrations/0001_x.sql', line: 1, column: 1 },
    });
    const [value] = read('-- d1-migrate: class exakt').problems;
    expect(value?.fix).toBe('Write -- d1-migrate: class exact');
  });
});
