import { loadParser, type ParsedStatement } from './parse.ts';
import { splitStatements } from './statements.ts';
import type { SyntaxNode } from './syntax-node.ts';
import { loadTokenizer } from './tokens.ts';

async function parse(text: string): Promise<readonly ParsedStatement[]> {
  const [tokenize, parseStatement] = await Promise.all([loadTokenizer(), loadParser()]);
  const results: ParsedStatement[] = [];
  for (const statement of splitStatements(tokenize(text))) {
    results.push(await parseStatement(text, statement));
  }
  return results;
}

async function treeOf(text: string): Promise<SyntaxNode> {
  const [first] = await parse(text);
  if (first?.outcome === 'parsed') return first.tree;
  throw new Error(`${text}: ${JSON.stringify(first)}`);
}

const textAt = (text: string, { start, end }: { start: number; end: number }) => text.slice(start, end);

describe('the syntax tree', () => {
  it('gives names without quotes, with their quotes and their place', async () => {
    const text = 'SELECT "a""b", [c d], `e`, f FROM t; ';
    const names = (await treeOf(text)).all('ColumnRef').map((node) => node.column);
    expect(names.map((name) => [name?.text, name?.quote, name && textAt(text, name)])).toEqual([
      ['a"b', '"', '"a""b"'],
      ['c d', '[', '[c d]'],
      ['e', '`', '`e`'],
      ['f', undefined, 'f'],
    ]);
  });

  it('finds the place of a name among others of the same spelling', async () => {
    const text = 'SELECT id FROM id WHERE id = 1';
    const tree = await treeOf(text);
    expect(tree.from?.tableName?.start).toBe(15);
    expect(tree.where?.start).toBe(24);
  });

  it('counts in UTF-16 units of the whole text', async () => {
    const text = "-- 𝄞 é\nSELECT '𝄞'; SELECT naïve FROM t;";
    const [, second] = await parse(text);
    const name = second?.outcome === 'parsed' ? second.tree.all('ColumnRef')[0]?.column : undefined;
    expect(name && textAt(text, name)).toBe('naïve');
  });

  it('gives literals and types as they are written', async () => {
    const tree = await treeOf(`CREATE TABLE t (a VARCHAR(20) DEFAULT 'it''s', b TEXT DEFAULT "x")`);
    expect(tree.all('ColumnDef').map((column) => column.typeName)).toEqual(['VARCHAR(20)', 'TEXT']);
    expect(tree.all('Literal').map((literal) => literal.text)).toEqual(["'it''s'", '"x"']);
  });

  it.each([
    'CREATE TABLE t (rowid TEXT PRIMARY KEY, key TEXT, stored INTEGER) STRICT, WITHOUT ROWID',
    'CREATE TABLE t (a, b AS (a + 1) STORED, c GENERATED ALWAYS AS (a) VIRTUAL)',
    'DELETE FROM t WHERE true ORDER BY a LIMIT 5',
    'CREATE TRIGGER r AFTER UPDATE OF a ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; END',
    "SELECT count(*) FILTER (WHERE a) OVER (ROWS CURRENT ROW) FROM t -- it's\n",
    "INSERT INTO t VALUES ('§0§', x'41', ?1, :name)",
    'SELECT a ISNULL, b NOTNULL FROM t',
  ])('is made of: %s', async (text) => {
    expect((await treeOf(text)).type).toMatch(/Stmt$/);
  });

  it('leaves the text of literals alone, even where it looks like one of our marks', async () => {
    const tree = await treeOf('SELECT \'§1§\', "§2§"');
    expect(tree.all('Literal')[0]?.text).toBe("'§1§'");
    expect(tree.all('ColumnRef')[0]?.column?.text).toBe('§2§');
  });
});

describe('parsing', () => {
  it('says what is wrong and where, and goes on with the next statement', async () => {
    const results = await parse("SELECT 'é' FROM FROM t; SELECT 1; SELECT 'open");
    expect(
      results.map((one) => (one.outcome === 'syntax-error' ? [one.message, one.at] : one.outcome)),
    ).toEqual([["syntax error near 'FROM'", 16], 'parsed', ["unrecognized token: 'open", 41]]);
  });

  it('survives a NUL', async () => {
    const [first, second] = await parse('SELECT \0 1; SELECT 2;');
    expect(first?.outcome).toBe('syntax-error');
    expect(second?.outcome).toBe('parsed');
  });

  it.each([
    ['nested parentheses', `SELECT ${'('.repeat(900)}1${')'.repeat(900)}`],
    ['nested subqueries', `SELECT ${'(SELECT '.repeat(60)}1${')'.repeat(60)}`],
    ['nested CASE', `SELECT ${'CASE WHEN 1 THEN '.repeat(90)}1${' END'.repeat(90)}`],
    ['a chain of operators', `SELECT 1${' AND a = 1'.repeat(300)}`],
    ['a chain of UNION', `SELECT 1${' UNION ALL SELECT 1'.repeat(500)}`],
  ])('takes %s deeper than D1 does', async (_, text) => {
    expect((await parse(text))[0]?.outcome).toBe('parsed');
  });

  it('refuses what is too long or too deep before it harms the parser', async () => {
    const results = await parse(
      `SELECT '${'x'.repeat(100_000)}'; SELECT ${'('.repeat(2000)}1${')'.repeat(2000)}; SELECT 1;`,
    );
    expect(results.map((one) => (one.outcome === 'not-parsed' ? one.reason : one.outcome))).toEqual([
      'too-long',
      'too-deep',
      'parsed',
    ]);
  });

  it('goes on with a new parser when a statement has broken it', async () => {
    const results = await parse(
      `SELECT ${'~'.repeat(90_000)}1; SELECT 1; SELECT ${'~'.repeat(90_000)}1; SELECT 2;`,
    );
    expect(results.map((one) => (one.outcome === 'not-parsed' ? one.reason : one.outcome))).toEqual([
      'defeated',
      'parsed',
      'defeated',
      'parsed',
    ]);
  });
});
