import { nearest } from 'd1-core/errors';
import { identifier, type Name, quoteText, foldName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type RuleContext, type LintStatement } from '../../engine/rule.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';
import type { Schema, Table } from 'd1-core/schema';
import { copySelect } from '../../recipes/copied-columns.ts';
import { alteredTable } from '../../recipes/statement-parts.ts';

const orders = (status: string) =>
  `CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL ${status});`;
const simple = orders("DEFAULT 'new'");
const paid = "INSERT INTO orders (id, status) VALUES (1, 'paid');";

export default defineRule({
  id: 'schema/double-quoted-string',
  severity: 'error',
  kind: 'policy',
  summary: 'A text in double quotes.',
  why: `In SQL double quotes are for names. Where no column has such a name, SQLite takes it for a text, and D1's SQLite is
built that way, so it runs. But a mistyped column becomes a text without an error, a column that is added later under that
name changes what the statement means, and SQLite built without this (SQLITE_DQS=0) cannot read the schema. --fix writes it
in the last migration of the folder alone: the others may be applied, and then they never run again.`,
  bad: [
    { '0001_orders.sql': orders('DEFAULT "new"'), '0002_seed.sql': paid },
    { '0001_orders.sql': orders('CHECK (status IN ("new", "paid"))'), '0002_seed.sql': paid },
    { '0001_orders.sql': simple, '0002_paid.sql': 'UPDATE orders SET status = "paid" WHERE id = 1;' },
  ],
  good: [
    simple,
    orders("CHECK (status IN ('new', 'paid'))"),
    {
      '0001_orders.sql': simple,
      '0002_paid.sql': `UPDATE "orders" SET "status" = 'paid' WHERE "id" = 1;`,
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      for (const text of quotedTexts(statement)) report(text, context);
    }
  },
});

function report({ name, place, columns }: QuotedText, context: RuleContext): void {
  const literal = quoteText(name.text);
  // Every name of two letters is near to another one.
  const meant = place === 'default' || name.text.length < 3 ? undefined : nearest(name.text, columns);
  const isCertain = place !== 'index' && meant === undefined;
  context.report({
    at: name,
    message: messageFor(name, place, literal),
    help: isCertain
      ? `Write a text in single quotes: ${literal}.`
      : `${meant === undefined ? '' : `Did you mean the column ${identifier(meant)}? `}${
          place === 'index'
            ? `The columns are ${columns.map(identifier).join(', ')}.`
            : `A text is written in single quotes: ${literal}.`
        }`,
    fix:
      place === 'index'
        ? undefined
        : {
            title: `Write ${literal}`,
            edits: [{ start: name.start, end: name.end, text: literal }],
            safe: isCertain && isNewestFile(context),
          },
  });
}

function messageFor({ text }: Name, place: QuotedText['place'], literal: string): string {
  if (place === 'default') return `The default is the text ${literal}, but double quotes are for names.`;
  return place === 'index'
    ? `No column is called "${text}" here, so SQLite indexes the text ${literal}, which is the same in every row.`
    : `No column is called "${text}" here, so SQLite takes it for the text ${literal}.`;
}

/** A name in double quotes that SQLite takes for a text, because no column has it. */
interface QuotedText {
  readonly name: Name;
  /** After DEFAULT it is a text always, as an indexed column it makes an index of one constant. */
  readonly place: 'default' | 'index' | 'expression';
  /** The columns that could have been meant. */
  readonly columns: readonly string[];
}

/** Says nothing of a statement that reads what has unknown columns: a view, a function, a virtual table. */
function quotedTexts(statement: LintStatement): readonly QuotedText[] {
  const { tree, tokens, replay } = statement;
  if (tree === undefined || replay.outcome !== 'done' || !tokens.some(isQuoted)) return [];
  const tables = tablesOf(tree, statement);
  if (tables === undefined) return [];
  const columns = tables.flatMap((table) => table.columns.map(({ name }) => name));
  const known = new Set([...ROWID, ...columns, ...ownNames(tree)].map(foldName));
  const makesNames = (tree.all('SubqueryTableSource').length || tree.all('CteDefinition').length) > 0;
  const isText = ({ quote, text }: Name) =>
    quote === '"' && !known.has(foldName(text)) && (!makesNames || /^\w+$/.test(text));
  const indexed = new Set(tree.is('CreateIndexStmt') ? tree.columns.map(indexedName) : []);
  const copied = new Set(copiedNames(statement).map(startOf));
  return [
    ...defaults(tree),
    ...expressions(tree)
      .flatMap(names)
      .filter(isText)
      .filter(({ start }) => !copied.has(start))
      .map((name) => ({
        name,
        place: indexed.has(name.start) ? ('index' as const) : ('expression' as const),
        columns,
      })),
  ].sort((a, b) => a.name.start - b.name.start);
}

const ROWID = ['rowid', 'oid', '_rowid_'];

const isQuoted = ({ text }: { readonly text: string }): boolean => text.startsWith('"');
const startOf = ({ start }: Name): number => start;

/** In the results of a plain copy: data/copy-unknown-quoted-column tells more of them. */
function copiedNames(statement: LintStatement): readonly Name[] {
  const isPlain =
    statement.tree?.ctes === undefined &&
    statement.tree?.upserts.length === 0 &&
    statement.tree.source?.all('SelectStmt').length === 1;
  return isPlain ? (copySelect(statement)?.columns.flatMap(names) ?? []) : [];
}

/** The names in it that stand for a column, without a table before them. */
const names = (root: SyntaxNode): readonly Name[] =>
  root
    .all('ColumnRef')
    .filter((node) => node.qualifier === undefined)
    .map((node) => node.column);

const indexedName = (term: SyntaxNode): number | undefined => {
  const expression = term.expr;
  return expression?.is('ColumnRef') === true ? expression.column.start : undefined;
};

const defaults = (tree: SyntaxNode): readonly QuotedText[] =>
  tree
    .all('ColumnConstraint')
    .map((constraint) => constraint.defaultExpr)
    .map((value) => (value?.is('Literal') === true ? value.literalName : undefined))
    .filter((name) => name?.quote === '"')
    .flatMap((name) => (name === undefined ? [] : { name, place: 'default' as const, columns: [] }));

/** The parts in which a name may be a column or a text. In the others, lists of columns, it is always a column. */
function expressions(tree: SyntaxNode): readonly SyntaxNode[] {
  const isDefinition =
    (tree.is('CreateTableStmt') && tree.asSelect === undefined) || tree.is('AlterTableStmt');
  if (!isDefinition) return [tree];
  return [...tree.all('ColumnConstraint'), ...tree.all('TableConstraint')]
    .flatMap((constraint) => [constraint.check, constraint.generatedExpr])
    .filter((expression) => expression !== undefined);
}

/** What the statement itself calls by a name: a result, a column of a view or of a CTE. */
const ownNames = (tree: SyntaxNode): readonly string[] => [
  ...tree.all('ResultColumn').map((column) => column.alias?.text ?? ''),
  ...[...tree.all('CteDefinition').map((cte) => cte.columns), tree.columnNames]
    .flat()
    .map((column) => column.column?.text ?? ''),
];

/** Every table that a statement names; undefined where one of them is not known. */
function tablesOf(tree: SyntaxNode, statement: LintStatement): readonly Table[] | undefined {
  const ctes = new Set(tree.all('CteDefinition').map((cte) => foldName(cte.cteName.text)));
  const read = tree
    .all('TableRef')
    .map((reference) => reference.tableName.text)
    .filter((name) => !ctes.has(foldName(name)));
  const found = [...read, ...ownTable(statement)].map((name) => tableIn(statement, name));
  const tables = found.filter((table) => table?.storage === 'ordinary');
  return tables.length === found.length ? tables.filter((table) => table !== undefined) : undefined;
}

/** The table that the statement defines, or something on. */
function ownTable(statement: LintStatement): readonly string[] {
  const { tree } = statement;
  const name =
    tree?.is('CreateTableStmt') === true || tree?.is('CreateIndexStmt') === true
      ? tree.tableName
      : tree?.is('CreateTriggerStmt') === true
        ? tree.table.objectName
        : alteredTable(statement, 'ADD_COLUMN');
  return name === undefined ? [] : [name.text];
}

const tableIn = ({ before, after }: { readonly before: Schema; readonly after: Schema }, name: string) =>
  after.table(name) ?? before.table(name);
