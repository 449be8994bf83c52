import fc from 'fast-check';
import { loadTokenizer, significantTokens, splitStatements, type Tokenize } from 'd1-core/sql';
import { fuzzRuns } from 'd1-core/testing';
import { fileFindings } from 'd1-core/migrations';
import { findWrangler, loadSplitter } from 'd1-core/wrangler';
import { maySplitDifferently } from './split-differently.ts';

let tokenize: Tokenize;
const splitters = new Map<string, (sql: string) => readonly string[]>();
beforeAll(async () => {
  tokenize = await loadTokenizer();
  for (const name of ['wrangler', 'wrangler-min']) {
    splitters.set(name, await loadSplitter(findWrangler(import.meta.dirname, name)));
  }
});

/** The words of each statement: wrangler takes comments out. */
const words = (sql: string): readonly string[] => significantTokens(tokenize(sql)).map(({ text }) => text);

const asSqlite = (sql: string): readonly (readonly string[])[] =>
  splitStatements(tokenize(sql)).map(({ start, end }) => words(sql.slice(start, end)));

/** One statement alone it gives back as it is, with the semicolon. */
const asWrangler = (sql: string, name: string): readonly (readonly string[])[] =>
  (splitters.get(name)?.(sql) ?? [])
    .map(words)
    .map((part) => part.slice(0, part.findLastIndex((word) => word !== ';') + 1))
    .filter(({ length }) => length > 0);

const isSuspicious = (sql: string): boolean =>
  splitStatements(tokenize(sql)).some(({ tokens }) => maySplitDifferently(tokens));

const trigger = 'CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; SELECT 2; END';

describe('a statement that wrangler may cut in a way of its own', () => {
  it.each([
    ['wrangler', "INSERT INTO t VALUES ('BEGIN TRANSACTION; x')"],
    ['wrangler-min', 'UPDATE t SET a = CASE WHEN a THEN 1 ELSE 2 END, b = 3'],
    ['wrangler-min', trigger.toLowerCase()],
    ['wrangler-min', 'SELECT [a;b] FROM t'],
    ['wrangler-min', 'SELECT 1/**/AS a'],
    ['wrangler-min', 'SELECT a$b$ FROM t; SELECT c$b$ FROM t'],
  ])('is found where %s does: %s', (name, sql) => {
    const text = `${sql};\nSELECT 1;`;
    expect(asWrangler(text, name)).not.toEqual(asSqlite(text));
    expect(isSuspicious(text)).toBe(true);
  });

  it('is no ordinary statement, and no ordinary trigger', () => {
    for (const sql of [
      trigger,
      "INSERT INTO t (a, b) VALUES (1, 'a;b'), (2, 'it''s -- no comment')",
      'SELECT "a;b", `c;d` FROM t -- the end;\nWHERE a = 1 /* ; */ AND b = 2',
      'CREATE TABLE "case" (a TEXT, "begin" TEXT)',
    ]) {
      expect(isSuspicious(sql)).toBe(false);
    }
  });

  it('is never overlooked', () => {
    const piece = fc.constantFrom(
      'SELECT',
      'UPDATE t SET a =',
      trigger,
      'CREATE TRIGGER r AFTER INSERT ON t BEGIN',
      'create trigger r after insert on t begin',
      'BEGIN',
      'begin',
      'CASE',
      'case when',
      'THEN',
      'END',
      'end',
      ';',
      ';',
      ';\n',
      ' ',
      ' ',
      '\n',
      '\t',
      ',',
      '(',
      ')',
      "'a;b'",
      "'it''s'",
      "' case '",
      '"a;b"',
      '" begin "',
      '`x`',
      '[a]',
      '[a;b]',
      '-- x;\n',
      '/* x; */',
      '/**/',
      '$a',
      'a$b',
      '?1',
      ':name',
      '@p',
      "x'41'",
      '-',
      '/',
      '*',
      '1',
      'a',
      'é',
    );
    const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(text, (sql) => {
        fc.pre(!isSuspicious(sql));
        for (const name of splitters.keys()) expect(asWrangler(sql, name)).toEqual(asSqlite(sql));
      }),
      fuzzRuns(1_000, 5_000),
    );
  });
});

describe('a file in which wrangler looks for a transaction', () => {
  /** What every wrangler makes of it: with other statements than SQLite sees, or not at all. */
  function fateOf(sql: string, name: string): 'refused' | 'altered' | 'as it is' {
    try {
      return JSON.stringify(asWrangler(sql, name)) === JSON.stringify(asSqlite(sql)) ? 'as it is' : 'altered';
    } catch {
      return 'refused';
    }
  }

  it('is found to be refused or altered exactly where it is, by the newest and the oldest wrangler', () => {
    const piece = fc.constantFrom(
      'BEGIN TRANSACTION',
      'BEGIN TRANSACTION;',
      'COMMIT;',
      'COMMIT',
      'begin transaction;',
      'BEGIN  TRANSACTION;',
      'x',
    );
    const some = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(' '));
    const part = fc.oneof(
      some.map((words) => `-- ${words}\n`),
      some.map((words) => `SELECT '${words}';\n`),
      some.map((words) => `SELECT 1 /* ${words} */ AS "${words}x";\n`),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const sql = `${parts.join('')}SELECT 2;`;
        const bytes = Buffer.from(sql);
        const codes = fileFindings({ name: '1.sql', path: '1.sql', bytes }, tokenize).map(({ code }) => code);
        const expected = codes.includes('transaction-words')
          ? 'refused'
          : codes.includes('transaction-removed')
            ? 'altered'
            : 'as it is';
        seen.add(expected);
        for (const name of splitters.keys()) expect(fateOf(sql, name)).toBe(expected);
      }),
      fuzzRuns(200, 1_000),
    );
    expect([...seen].sort()).toEqual(['altered', 'as it is', 'refused']);
  });
});
