import type { Schema, Table } from 'd1-core/schema';
import { foldName, type Name, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement } from '../engine/rule.ts';
import { copySelect } from './copied-columns.ts';
import { alteredTable } from './statement-parts.ts';

/** A name in double quotes that SQLite takes for a text, because no column has it. */
export interface QuotedText {
  readonly name: Name;
  /** Behind DEFAULT it is a text always, as an indexed column it makes an index of one constant. */
  readonly place: 'default' | 'index' | 'expression';
  /** The columns that could have been meant. */
  readonly columns: readonly string[];
}

/** Says nothing of a statement that reads what has unknown columns: a view, a function, a virtual table. */
export function quotedTexts(statement: LintStatement): readonly QuotedText[] {
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
