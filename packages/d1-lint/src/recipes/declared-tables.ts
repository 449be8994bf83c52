import type { Table } from 'd1-core/schema';
import type { Name, SyntaxNode } from 'd1-core/sql';
import type { Range } from '../engine/finding.ts';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { followTables } from './follow-tables.ts';
import { alteredTable, createdTable, renamedTable } from './statement-parts.ts';

/** A CREATE TABLE that makes a table which is there after the file. */
export interface DeclaredTable {
  readonly statement: LintStatement;
  readonly tree: SyntaxNode;
  /** As the statement names it. */
  readonly name: Name;
  /** Right after the statement. */
  readonly table: Table;
  /** The name that the table has after the file. */
  readonly label: string;
}

/** A column as CREATE TABLE or ADD COLUMN declares it. */
export interface DeclaredColumn {
  readonly statement: LintStatement;
  readonly table: Table;
  /** The name that the table has after the file. */
  readonly label: string;
  /** A node of the type ColumnDef. */
  readonly definition: SyntaxNode;
  readonly name: Name;
  /** Undefined where the column has no type. */
  readonly type: DeclaredType | undefined;
}

/** As it is written, with its place. */
export interface DeclaredType extends Range {
  readonly text: string;
}

type Context = Pick<RuleContext, 'statements' | 'before'>;

interface Declared {
  readonly tables: readonly DeclaredTable[];
  readonly columns: readonly DeclaredColumn[];
}

const known = new WeakMap<readonly LintStatement[], Declared>();

/** Many rules ask. */
function declared(context: Context): Declared {
  const found = known.get(context.statements);
  if (found !== undefined) return found;
  const tables = findTables(context);
  const all = { tables, columns: findColumns(context, tables) };
  known.set(context.statements, all);
  return all;
}

/** The tables that a file makes to stay: not those that it drops again, nor one that IF NOT EXISTS finds there. */
export const declaredTables = (context: Context): readonly DeclaredTable[] => declared(context).tables;

/** The columns of those tables, and the columns that are added to any, in the order of the text. */
export const declaredColumns = (context: Context): readonly DeclaredColumn[] => declared(context).columns;

function findTables(context: Context): readonly DeclaredTable[] {
  const { touched } = followTables(context);
  const made = new Map(touched.map((one) => [one.created?.by, one]));
  return context.statements.flatMap((statement) => {
    const { tree, before, after } = statement;
    const name = createdTable(statement);
    const table = name === undefined ? undefined : after.table(name.text);
    const followed = made.get(statement);
    if (tree === undefined || name === undefined || table === undefined) return [];
    if (before.table(name.text) !== undefined || followed?.dropped !== undefined) return [];
    const renamed = followed?.renamed.at(-1);
    const label = renamed === undefined ? name.text : (renamedTable(renamed)?.to.text ?? name.text);
    return { statement, tree, name, table, label };
  });
}

function findColumns({ statements }: Context, tables: readonly DeclaredTable[]): readonly DeclaredColumn[] {
  const created = new Map(tables.map((one) => [one.statement, one]));
  return statements.flatMap((statement) => {
    const made = created.get(statement);
    if (made !== undefined) {
      return made.tree.columns.flatMap((definition) => column(made, definition));
    }
    const altered = alteredTable(statement, 'ADD_COLUMN');
    const definition = statement.tree?.columnDef;
    const table = altered === undefined ? undefined : statement.after.table(altered.text);
    if (definition === undefined || table === undefined || statement.replay.outcome !== 'done') return [];
    return column({ statement, table, label: table.name }, definition);
  });
}

function column(
  { statement, table, label }: Pick<DeclaredTable, 'statement' | 'table' | 'label'>,
  definition: SyntaxNode,
): DeclaredColumn | readonly [] {
  const name = definition.columnName;
  if (name === undefined) return [];
  return { statement, table, label, definition, name, type: typeOf(definition, name, statement) };
}

/** The tokens after the name that together are the type. */
function typeOf(
  definition: SyntaxNode,
  name: Name,
  { tokens, text, start }: LintStatement,
): DeclaredType | undefined {
  const wanted = withoutSpace(definition.typeName ?? '');
  const from = tokens.findIndex((token) => token.start === name.start) + 1;
  const first = tokens[from];
  if (wanted === '' || first === undefined) return undefined;
  let found = '';
  let end = first.end;
  for (const token of tokens.slice(from)) {
    if (found.length >= wanted.length) break;
    found += withoutSpace(token.text);
    end = token.end;
  }
  return { text: text.slice(first.start - start, end - start), start: first.start, end };
}

const withoutSpace = (text: string): string => text.replaceAll(/\s/g, '');
