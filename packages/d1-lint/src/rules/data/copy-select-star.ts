import { columnOf, type Table } from 'd1-core/schema';
import { sameName } from 'd1-core/sql';
import type { Fix } from '../../engine/finding.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import {
  copySelect,
  isStar,
  onlySource,
  targetColumns,
  writableColumns,
} from '../../recipes/copied-columns.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';
import { identifier, identifiers } from '../../recipes/sql-names.ts';
import { withReplacements, wordAfter, writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, name, email) VALUES (1, 'Ada', 'ada@example.com');",
};

export default defineRule({
  id: 'data/copy-select-star',
  severity: 'error',
  kind: 'data',
  summary: 'INSERT … SELECT * copies by position, not by name.',
  why: `A star writes the first column into the first, the second into the second, whatever they are called. When the new
table has its columns in another order, the values end up in the wrong ones, and SQLite hardly ever complains.`,
  bad: [
    {
      ...setUp,
      '0003_order.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO new_users SELECT * FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0003_order.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO new_users (id, email, name) SELECT id, email, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  check(context) {
    const { statements, report } = context;
    for (const statement of statements) {
      const select = copySelect(statement);
      const [item, ...others] = select?.items('columns') ?? [];
      if (select === undefined || item === undefined || others.length > 0 || !isStar(item)) continue;
      const source = onlySource(select, statement, statement.before);
      const target = statement.before.table(writtenTable(statement)?.text ?? '');
      if (source === undefined || target === undefined) continue;
      const star = starOf(statement);
      const columns = { target: targetColumns(statement).map((one) => one.target), source: visible(source) };
      const wrong = columns.target.flatMap((to, index) => {
        const from = columns.source[index];
        return from === undefined || sameName(from, to) ? [] : `${from} into ${to}`;
      });
      const byName = expand(statement, source, target, star);
      report({
        at: star ?? statement,
        message:
          wrong.length === 0
            ? `The star copies ${source.name} by position. That is right only as long as both tables have the same columns in the same order.`
            : `The star copies ${source.name} by position: it writes ${wrong.join(', ')}.`,
        help:
          byName === undefined
            ? 'Name the columns in both lists, in the same order.'
            : `Name the columns in both lists:\n${withReplacements(statement, byName.edits)};`,
        fix:
          byName === undefined
            ? undefined
            : {
                ...byName,
                safe: wrong.length === 0 && byName.safe && isNewestFile(context),
              },
      });
    }
  },
});

/** What a star stands for: generated columns too. */
const visible = ({ columns }: Table): readonly string[] => columns.map(({ name }) => name);

/** Only where nothing else in the statement looks like it. */
function starOf({ tokens }: LintStatement) {
  const found = tokens.filter(
    (token, index) =>
      token.text === '*' &&
      tokens[index - 1]?.text.toUpperCase() === 'SELECT' &&
      tokens[index + 1]?.text.toUpperCase() === 'FROM',
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Pairs the columns by name; safe where that gives the same as the star did. */
function expand(
  statement: LintStatement,
  source: Table,
  target: Table,
  star: ReturnType<typeof starOf>,
): Fix | undefined {
  const into = writtenTable(statement);
  const listed = (statement.tree?.items('columns') ?? []).length > 0;
  const isPlain =
    listed || wordAfter(statement, 'SELECT', into?.end ?? 0)?.start === nextStart(statement, into?.end);
  const pairs = targetColumns(statement)
    .map((one) => one.target)
    .filter((name) => listed || columnOf(source, name) !== undefined);
  const matched = pairs.every((name) => columnOf(source, name) !== undefined);
  if (star === undefined || into === undefined || !isPlain || pairs.length === 0 || !matched)
    return undefined;
  const list = identifiers(pairs);
  const columnList = listed ? [] : [{ start: into.end, end: into.end, text: ` (${list})` }];
  return {
    title: `Name the columns of ${identifier(target.name)}`,
    edits: [...columnList, { start: star.start, end: star.end, text: list }],
    safe: writableColumns(source).length === source.columns.length && pairs.length === source.columns.length,
  };
}

/** Whether something stands between the table and the SELECT, such as an alias, is seen by the next token. */
const nextStart = ({ tokens }: LintStatement, offset = 0): number | undefined =>
  tokens.find(({ start }) => start >= offset)?.start;
