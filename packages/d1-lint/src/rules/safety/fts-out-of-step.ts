import { hasRowNumber } from 'd1-core/rebuild';
import { columnOf, contentTable, type Schema, type Table } from 'd1-core/schema';
import { identifier, sameName, significantTokens, type Tokenize, unquote } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { targetColumns } from '../../recipes/copied-columns.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { readsTable } from '../../recipes/reads-table.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { alteredTable, renamedTable, writtenTable } from '../../recipes/statement-parts.ts';

const off = '-- d1-lint-disable-next-statement schema/fts-blocks-export: backed up with d1-backup\n';
const setUp = {
  '0001_pages.sql': `CREATE TABLE pages (slug TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL);
${off}CREATE VIRTUAL TABLE pages_search USING fts5 (body, content = 'pages');`,
  '0002_seed.sql': `INSERT INTO pages (slug, body) VALUES ('a', 'first'), ('b', 'second');
INSERT INTO pages_search (pages_search) VALUES ('rebuild');`,
};

const rebuild = `CREATE TABLE new_pages (slug TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL, author TEXT);
INSERT INTO new_pages (slug, body) SELECT slug, body FROM pages;
DROP TABLE pages;
ALTER TABLE new_pages RENAME TO pages;`;

const fill = (name: string): string =>
  `INSERT INTO ${identifier(name)} (${identifier(name)}) VALUES ('rebuild');`;

export default defineRule({
  id: 'safety/fts-out-of-step',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A search index no longer fits the table that it reads.',
  why: `An fts5 table with content = '…' keeps only words and row numbers; the text it reads from the other table, by the name of
that table and of its columns. D1 keeps neither in step. A rebuild renumbers the rows where no INTEGER PRIMARY KEY holds
their number: the index then finds other rows than those that have the word. After a RENAME or DROP of the table or of a column
every search fails. And what a migration writes without a trigger that keeps the index is not found, or is found by its old words.`,
  bad: [
    { ...setUp, '0003_author.sql': rebuild },
    { ...setUp, '0003_body.sql': "UPDATE pages SET body = 'third' WHERE slug = 'a';" },
  ],
  good: [
    { ...setUp, '0003_author.sql': `${rebuild}\n${fill('pages_search')}` },
    {
      ...setUp,
      '0003_body.sql': `UPDATE pages SET body = 'third' WHERE slug = 'a';\n${fill('pages_search')}`,
    },
  ],
  check(context) {
    for (const index of searchIndexes(context.before, context.tokenize)) {
      // One that is rebuilt begins empty, which is the matter of another rule.
      const isAnew = context.statements.some((statement) => createsAnew(statement, index.name));
      if (isAnew || context.after.table(index.name) === undefined) continue;
      reportMissing(index, context);
      reportRebuild(index, context);
      for (const statement of context.statements) reportWrite(index, statement, context);
    }
  },
});

interface SearchIndex {
  readonly name: string;
  readonly content: Table;
  /** The columns of the content table whose words it keeps, and the one that holds the row number. */
  readonly columns: readonly string[];
  readonly rowNumber: string;
}

function searchIndexes(schema: Schema, tokenize: Tokenize): readonly SearchIndex[] {
  return schema.tables().flatMap(({ name, sql, storage, columns }) => {
    const content = storage === 'virtual' ? schema.table(contentTable(sql, tokenize) ?? '') : undefined;
    if (content === undefined) return [];
    const words = significantTokens(tokenize(sql)).map(({ text }) => unquote(text));
    const isUnindexed = (column: string) =>
      words.some((word, at) => sameName(word, column) && words[at + 1]?.toUpperCase() === 'UNINDEXED');
    const option = words.findIndex((word, at) => sameName(word, 'content_rowid') && words[at + 1] === '=');
    return {
      name,
      content,
      columns: columns.map((column) => column.name).filter((column) => !isUnindexed(column)),
      rowNumber: (option < 0 ? undefined : words[option + 2]) ?? 'rowid',
    };
  });
}

/** A search reads the table and its columns by name; no ALTER TABLE changes what the index says. */
function reportMissing({ name, content, columns, rowNumber }: SearchIndex, context: RuleContext): void {
  const tables = followTables(context);
  const now = context.after.table(content.name);
  const isView = context.after.view(content.name) !== undefined;
  const gone = [...columns, rowNumber].find(
    (column) =>
      columnOf(content, column) !== undefined && now !== undefined && columnOf(now, column) === undefined,
  );
  if (isView || (now !== undefined && gone === undefined)) return;
  const { statements, report } = context;
  const by = statements.findLast((statement) => {
    const altered = (alteredTable(statement, 'RENAME_COLUMN') ?? alteredTable(statement, 'DROP_COLUMN'))
      ?.text;
    const isTable =
      tables.at(statement, renamedTable(statement)?.from.text ?? altered ?? '')?.existing === content;
    return (
      isTable ||
      tables.touched.some(({ existing, dropped }) => existing === content && dropped?.by === statement)
    );
  });
  const what = gone === undefined ? `table ${content.name}` : `column ${gone} of ${content.name}`;
  report({
    at: by?.tree?.target?.objectName ?? by ?? { start: 0, end: 0 },
    message: `${name} reads its text from the ${what}, which is no longer there: every search that shows a column fails.`,
    help: `Create ${name} again in this file, with the names that the table and its columns have now, and fill it:\n${fill(name)}\nIf nobody searches any more, drop ${name} as well.`,
  });
}

function reportRebuild(index: SearchIndex, context: RuleContext): void {
  const { name, content, rowNumber } = index;
  const rebuild = rebuildsOf(context).find(({ existing }) => existing === content);
  if (rebuild?.result === undefined) return;
  const { table, result, copies, createdAs, last } = rebuild;
  const isNumbered =
    columnOf(content, rowNumber) !== undefined || (hasRowNumber(table) && hasRowNumber(result));
  const isCopied =
    copies.length > 0 &&
    copies.every((copy) => targetColumns(copy).some(({ target }) => /^(rowid|oid|_rowid_)$/i.test(target)));
  if (isNumbered || isCopied || isWritten(index, last, context)) return;
  context.report({
    at: createdAs,
    message: `The copy renumbers the rows of ${table.name}, and ${name} knows them by their old numbers: a search gives other rows than those that have the word.`,
    help: `Fill the index again at the end of the file:\n${fill(name)}`,
  });
}

/** Whether the file writes the index after a statement, or anywhere. */
const isWritten = (
  { name }: SearchIndex,
  after: LintStatement | undefined,
  { statements }: RuleContext,
): boolean =>
  statements
    .slice(after?.index ?? 0)
    .some((statement) => sameName(writtenTable(statement)?.text ?? '', name));

const createsAnew = ({ tree, before }: LintStatement, name: string): boolean =>
  before.table(name) === undefined &&
  tree?.is('CreateVirtualTableStmt') === true &&
  sameName(tree.tableName.text, name);

function reportWrite(index: SearchIndex, statement: LintStatement, context: RuleContext): void {
  const { tree } = statement;
  const at = writtenTable(statement);
  if (tree === undefined || at === undefined) return;
  if (followTables(context).at(statement, at.text)?.existing !== index.content) return;
  const event = tree.is('UpdateStmt') ? 'UPDATE' : tree.is('DeleteStmt') ? 'DELETE' : 'INSERT';
  const set = tree.all('SetClause').flatMap((one) => [one.column, ...one.columns.map((node) => node.column)]);
  const changed = [...index.columns, index.rowNumber].filter((column) =>
    set.some((name) => sameName(name?.text ?? '', column)),
  );
  if (event === 'UPDATE' && changed.length === 0) return;
  if (isKept(index, event, changed, statement, context) || isWritten(index, undefined, context)) return;
  const effect = {
    INSERT: 'the new rows are not found',
    UPDATE: `the rows are found by their old ${changed.join(', ')}`,
    DELETE: 'the rows are still found, and reading them fails',
  }[event];
  context.report({
    at,
    message: `No trigger keeps ${index.name} in step with this ${event} of ${index.content.name}: ${effect}.`,
    help: `Fill the index again at the end of the file:\n${fill(index.name)}`,
  });
}

/** Whether a trigger that fires for the statement writes the index. */
function isKept(
  { name, content }: SearchIndex,
  event: string,
  changed: readonly string[],
  { before }: LintStatement,
  { tokenize }: RuleContext,
): boolean {
  return before.triggersOf(content.name).some(({ sql }) => {
    const words = significantTokens(tokenize(sql)).map(({ text }) => unquote(text));
    const head = words.slice(
      0,
      words.findIndex((word) => word.toUpperCase() === 'ON'),
    );
    const of = head.findIndex((word) => word.toUpperCase() === 'OF');
    const isFired =
      head.some((word) => word.toUpperCase() === event) &&
      (of < 0 || changed.every((column) => head.slice(of).some((word) => sameName(word, column))));
    return isFired && readsTable(sql, name, tokenize);
  });
}
