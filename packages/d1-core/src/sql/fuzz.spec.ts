import fc from 'fast-check';
import { fuzzRuns, mutatedSql } from '../testing/index.ts';
import { loadParser } from './parse.ts';
import { unquote } from './quote.ts';
import { lineIndex, splitStatements, type Statement } from './statements.ts';
import { isTrivia, loadTokenizer, type Tokenize } from './tokens.ts';

const texts = [
  'CREATE TABLE t (id INTEGER PRIMARY KEY, "a b" TEXT DEFAULT \'it\'\'s\' CHECK (length("a b") > 0), c AS (id + 1) STORED) STRICT;',
  'CREATE TABLE c (id INTEGER, t_id REFERENCES t (id) ON DELETE CASCADE, FOREIGN KEY (id) REFERENCES [t]) -- end\n;',
  'CREATE TRIGGER r AFTER UPDATE OF a ON t WHEN new.a <> old.a BEGIN UPDATE t SET a = CASE WHEN a THEN 1 ELSE 2 END; SELECT 1; END;',
  "INSERT INTO t (id, a) VALUES (1, 'x;y'), (2, x'41'), (3, NULL) ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING *;",
  'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 5) SELECT n, "n", `n`, [n] FROM r /* ; */ ORDER BY 1;',
  "SELECT a.x, count(*) FILTER (WHERE a.y LIKE '%é%') OVER (PARTITION BY b.z) FROM a JOIN b USING (id) WHERE a.x IN (1, 2) -- ;\n;",
  "ALTER TABLE t ADD COLUMN d TEXT NOT NULL DEFAULT (datetime('now'));\nALTER TABLE \"t\" RENAME TO 'u';",
  'PRAGMA foreign_keys = OFF;--> statement-breakpoint\nDROP TABLE IF EXISTS `__new_t`;',
  'CREATE VIRTUAL TABLE f USING fts5(a, b, content="t"); EXPLAIN QUERY PLAN SELECT 1; VACUUM;',
];

/** One `expect` for each token would take a minute. */
function flawsOf(input: string, tokenize: Tokenize): readonly string[] {
  const text = input.toWellFormed();
  const tokens = tokenize(input);
  const lines = lineIndex(text);
  const statements = splitStatements(tokens);
  const flaws: string[] = [];
  let end = 0;
  for (const token of tokens) {
    if (token.start !== end || token.text !== text.slice(token.start, token.end)) flaws.push(token.text);
    end = token.end;
    const { line, column } = lines.positionAt(token.start);
    const [first = ''] = token.text.split(/[\r\n]/, 1);
    if (!lines.line(line).startsWith(first, column - 1)) flaws.push(`${line}:${column}`);
    const isOutside = statements.every(
      (statement) => token.start >= statement.end || token.end <= statement.start,
    );
    if (isOutside && !isTrivia(token) && token.text !== ';') flaws.push(`left out: ${token.text}`);
  }
  if (end !== text.length) flaws.push('the end');
  if (statements.slice(0, -1).some(({ terminated }) => !terminated)) flaws.push('not terminated');
  return flaws;
}

const inside = ({ start, end }: Statement, at: number): boolean => start <= at && at <= end;

describe('any text', () => {
  it('is given back by its tokens, and cut into statements that leave out nothing but comments and semicolons', async () => {
    const tokenize = await loadTokenizer();
    fc.assert(
      fc.property(mutatedSql(texts), (input) => {
        expect(flawsOf(input, tokenize)).toEqual([]);
      }),
      fuzzRuns(4_000, 20_000),
    );
  });

  it('is parsed, or refused at a place inside the statement, and its names are where the tree says', async () => {
    const [tokenize, parse] = await Promise.all([loadTokenizer(), loadParser()]);
    await fc.assert(
      fc.asyncProperty(mutatedSql(texts), async (input) => {
        const text = input.toWellFormed();
        for (const statement of splitStatements(tokenize(text))) {
          const parsed = await parse(text, statement);
          if (parsed.outcome === 'syntax-error') expect(inside(statement, parsed.at)).toBe(true);
          if (parsed.outcome !== 'parsed') continue;
          for (const node of parsed.tree.all('ColumnRef')) {
            const name = node.column;
            if (name === undefined) continue;
            expect(inside(statement, name.start) && inside(statement, name.end)).toBe(true);
            if (name.end - name.start === statement.end - statement.start) continue;
            expect(unquote(text.slice(name.start, name.end))).toBe(name.text);
          }
        }
      }),
      fuzzRuns(4_000, 20_000),
    );
  });
});
