import { columnOf, primaryKeyOf, type Table } from 'd1-core/schema';
import { foldName, identifier, sameName } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { wordAfter, writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO users (id, email) VALUES (1, 'a@example.com'), (2, 'a@example.com');",
};

export default defineRule({
  id: 'safety/unique-on-existing-rows',
  severity: 'warning',
  kind: 'engine',
  summary: 'A new unique key fails when the rows that are there have duplicates.',
  why: `CREATE UNIQUE INDEX, and the copy into a table with a new UNIQUE or PRIMARY KEY, stop at the first duplicate: "UNIQUE
constraint failed". A fresh database has none, the one in production may. Whether it has cannot be seen in the files.
Columns that were unique before, and columns that the same file adds, are not meant.`,
  bad: [
    { ...setUp, '0003_unique.sql': 'CREATE UNIQUE INDEX users_email ON users (email);' },
    {
      ...setUp,
      '0003_unique.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
INSERT INTO new_users (id, email) SELECT id, email FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0003_unique.sql': `UPDATE users SET email = email || '+' || id
WHERE id NOT IN (SELECT min(id) FROM users GROUP BY email);
CREATE UNIQUE INDEX users_email ON users (email);`,
    },
  ],
  check(context) {
    for (const statement of context.statements) checkIndex(statement, context);
    for (const rebuild of rebuildsOf(context)) checkRebuild(rebuild, context);
  },
});

function checkIndex(statement: LintStatement, context: RuleContext): void {
  const { tree } = statement;
  const name = tree?.is('CreateIndexStmt') === true && tree.isUnique ? tree.indexName : undefined;
  const index = statement.after.index(name?.text ?? '');
  if (tree === undefined || name === undefined || index === undefined) return;
  if (statement.before.index(name.text) !== undefined) return;
  const origin = originOf(index.table, statement, context);
  if (origin === undefined || isCleaned(index.table, statement, context)) return;
  const columns = index.columns.filter((column) => column !== undefined);
  if (columns.length < index.columns.length || !isNewKey(columns, origin, context)) return;
  const where = wordAfter(statement, 'WHERE', name.end);
  const key = {
    columns,
    terms: tree.columns
      .flatMap((term) => term.expr ?? [])
      .map(({ start, end }) => statement.text.slice(start - statement.start, end - statement.start)),
    condition: where === undefined ? undefined : statement.text.slice(where.end - statement.start).trim(),
  };
  report(name, origin.table, key, undefined, context);
}

interface Key {
  readonly columns: readonly string[];
  /** As the index has them, with their collation. */
  readonly terms: readonly string[];
  /** Of a partial index. */
  readonly condition: string | undefined;
}

/** The rows that a table has had since before the file; undefined where it has none. */
function originOf(
  name: string,
  statement: LintStatement,
  context: RuleContext,
): Pick<Rebuild, 'existing' | 'table'> | undefined {
  const followed = followTables(context).at(statement, name);
  const existing = followed?.existing;
  if (existing !== undefined) return { existing, table: existing };
  return rebuildsOf(context).find(({ create }) => create === followed?.created?.by);
}

/** Rows that the file has changed or deleted before may have been the duplicates. */
function isCleaned(table: string, { index }: LintStatement, { statements }: RuleContext): boolean {
  return statements
    .slice(0, index)
    .filter(({ tree }) => tree?.is('UpdateStmt') === true || tree?.is('DeleteStmt') === true)
    .some((statement) => sameName(writtenTable(statement)?.text ?? '', table));
}

/** Of columns that were there before, none of whose combinations was unique. */
function isNewKey(
  columns: readonly string[],
  { existing, table }: Pick<Rebuild, 'existing' | 'table'>,
  { before }: RuleContext,
): boolean {
  if (columns.length === 0 || columns.some((column) => columnOf(table, column) === undefined)) return false;
  const wanted = new Set(columns.map(foldName));
  const keys = [
    primaryKeyOf(table),
    ...before
      .indexesOf(existing.name)
      .filter(({ unique, partial }) => unique && !partial)
      .map((index) => index.columns),
  ];
  return !keys.some((key) => key.length > 0 && key.every((column) => wanted.has(foldName(column ?? ''))));
}

function checkRebuild(rebuild: Rebuild, context: RuleContext): void {
  const { table, result, createdAs, copies } = rebuild;
  const [copy] = copies;
  if (result === undefined || copy === undefined || isFiltered(copy)) return;
  if (isCleaned(table.name, copy, context)) return;
  const keys = [
    primaryKeyOf(result),
    ...context.after
      .indexesOf(table.name)
      .filter(({ origin, unique }) => unique && origin === 'unique')
      .map((index) => index.columns.filter((column) => column !== undefined)),
  ];
  const key = keys.find((columns) => isNewKey(columns, rebuild, context));
  if (key === undefined) return;
  report(
    createdAs,
    table,
    { columns: key, terms: key.map(identifier), condition: undefined },
    rebuild,
    context,
  );
}

/** A copy that groups, or leaves rows out, has thought of duplicates. */
const isFiltered = ({ tree }: LintStatement): boolean => {
  const select = tree?.source;
  return (
    (tree?.conflictAction ?? 'DEFAULT') !== 'DEFAULT' ||
    select?.hasFlag('DISTINCT') === true ||
    (select?.where ?? select?.groupBy ?? select?.ctes) !== undefined
  );
};

function report(
  at: { readonly start: number; readonly end: number },
  table: Table,
  { columns, terms, condition }: Key,
  rebuild: Rebuild | undefined,
  context: RuleContext,
): void {
  const list = terms.join(', ');
  // A unique index lets any number of rows have NULL.
  const nullable = columns.filter((column) => columnOf(table, column)?.notNull !== true);
  const conditions = [
    ...(condition === undefined ? [] : [nullable.length === 0 ? condition : `(${condition})`]),
    ...nullable.map((column) => `${identifier(column)} IS NOT NULL`),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const among = condition === undefined ? '' : ` and meet the WHERE of the index`;
  context.report({
    at,
    message: `D1 refuses this when two rows of ${table.name} have the same ${columns.join(', ')}${among}.${rebuild === undefined ? '' : generatedBy(rebuild, context)}`,
    help: `See whether there are any, in every environment:\nSELECT ${list}, count(*) FROM ${identifier(table.name)}${where} GROUP BY ${list} HAVING count(*) > 1;\nWhere there are, decide which row keeps its value, and change the others in the same file, before this statement.`,
  });
}
