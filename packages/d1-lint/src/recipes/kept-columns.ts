import { foldName, sameName, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { isStar, targetColumns } from './copied-columns.ts';
import { filledTable, followTables, type FollowedTable } from './follow-tables.ts';
import type { Rebuild } from './rebuilds.ts';

/**
 * The columns of the old table, and of its copies, whose values a table has at the end of the file, as folded names. It
 * errs on the side of more: a column is kept where anything is written that is made of it.
 */
export function keptColumns(
  { existing }: Rebuild,
  context: Pick<RuleContext, 'statements' | 'before'>,
): ReadonlySet<string> {
  const tables = followTables(context);
  const holders = new Set(tables.touched.filter((one) => one.existing === existing));
  const fills: { readonly written: FollowedTable; readonly columns: readonly WrittenColumn[] }[] = [];
  for (const statement of context.statements) {
    const written = filledTable(statement, tables);
    const reads = statement.tree
      ?.all('TableRef')
      .map((one) => tables.at(statement, one.tableName.text))
      .some((one) => one !== undefined && one !== written && holders.has(one));
    if (written === undefined || reads !== true || statement.tree?.is('DeleteStmt') === true) continue;
    if (statement.tree?.is('UpdateStmt') === false) holders.add(written);
    fills.push({ written, columns: writtenColumns(statement) });
  }
  const kept = new Set<string>();
  // What a table passes on that is dropped itself is known when those after it are.
  for (const { written, columns } of fills.reverse()) {
    const isLeft = written.dropped === undefined;
    for (const { target, madeOf } of columns) {
      if (isLeft || target === undefined || kept.has(foldName(target))) {
        for (const name of madeOf) kept.add(foldName(name));
      }
    }
  }
  return kept;
}

export interface WrittenColumn {
  /** Undefined where it is not known. */
  readonly target: string | undefined;
  /** The columns that are named in what is written to it. */
  readonly madeOf: readonly string[];
}

/** What an INSERT, UPDATE or CREATE TABLE … AS writes, where it takes its rows or values from a query. */
export function writtenColumns(statement: LintStatement): readonly WrittenColumn[] {
  const { tree, before } = statement;
  if (tree === undefined) return [];
  const columnsOf = (table: string) => before.table(table)?.columns.map(({ name }) => name) ?? [];
  const sources: Sources = { ctes: tree.all('CteDefinition'), columnsOf };
  if (tree.is('UpdateStmt')) {
    const inner = outputsOf(tree.from, sources);
    return tree.assignments.map((one) => ({ target: one.column?.text, madeOf: namesIn(one, inner) }));
  }
  const outputs = outputsOf(tree.source ?? tree.asSelect, sources);
  if (!tree.is('InsertStmt')) return outputs;
  const targets = targetColumns(statement);
  const isPaired = targets.length === outputs.length;
  return outputs.map(({ madeOf }, index) => ({
    target: isPaired ? targets[index]?.target : undefined,
    madeOf,
  }));
}

interface Sources {
  readonly ctes: readonly SyntaxNode[];
  readonly columnsOf: (table: string) => readonly string[];
}

/** The columns of a query, and what they are made of, through the queries that it reads. */
function outputsOf(query: SyntaxNode | undefined, sources: Sources): readonly WrittenColumn[] {
  switch (query?.type) {
    case 'SelectStmt': {
      const inner = outputsOf(query.from, sources);
      return query.columns.flatMap((item) => (isStar(item) ? inner : outputOf(item, inner)));
    }
    case 'CompoundSelect': {
      const [left, right] = [query.left, query.right].map((part) => outputsOf(part, sources));
      return (left ?? []).map(({ target, madeOf }, index) => ({
        target,
        madeOf: [...madeOf, ...(right?.[index]?.madeOf ?? [])],
      }));
    }
    case 'JoinClause':
      return [query.left, query.right].flatMap((part) => outputsOf(part, sources));
    case 'WithClause':
    case 'SubqueryTableSource':
      return outputsOf(query.select, sources);
    case 'ParenTableSource':
      return outputsOf(query.source, sources);
    case 'TableRef':
      return outputsOfName(query.tableName?.text ?? '', sources);
    default:
      return [];
  }
}

function outputsOfName(name: string, { ctes, columnsOf }: Sources): readonly WrittenColumn[] {
  const cte = ctes.find((one) => sameName(one.cteName?.text ?? '', name));
  if (cte === undefined) return columnsOf(name).map((column) => ({ target: column, madeOf: [column] }));
  return outputsOf(cte.select, { ctes: ctes.filter((one) => one !== cte), columnsOf });
}

function outputOf(item: SyntaxNode, inner: readonly WrittenColumn[]): WrittenColumn {
  const expression = item.expr;
  const own = expression?.is('ColumnRef') === true ? expression.column : undefined;
  return { target: (item.alias ?? own)?.text, madeOf: namesIn(item, inner) };
}

/** The columns that a node names, and what those are made of. */
const namesIn = (node: SyntaxNode, inner: readonly WrittenColumn[]): readonly string[] =>
  node
    .all('ColumnRef')
    .flatMap((one) => one.column.text)
    .flatMap((name) => [
      name,
      ...inner.filter(({ target }) => sameName(target ?? '', name)).flatMap(({ madeOf }) => madeOf),
    ]);
