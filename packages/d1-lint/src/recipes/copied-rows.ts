import { foldName, sameName, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement } from '../engine/rule.ts';

/**
 * How many of the rows of a table a statement copies. `none` where it does not read the table, or only in a condition
 * or for a single value; otherwise it leaves rows out by what it names.
 */
export type CopiedRows = 'none' | 'all' | { readonly by: string };

/** The table that is asked for. */
interface Wanted {
  /** Whether a name in the statement stands for it. */
  readonly isMeant: (name: string) => boolean;
  /** No two rows of it have the same values in them; empty where nothing is known. */
  readonly key: readonly string[];
  /** Whether a condition leaves out only rows that are not meant. */
  readonly passes?: (condition: SyntaxNode) => boolean;
}

/** For an INSERT or a CREATE TABLE … AS. */
export function copiedRows({ tree }: Pick<LintStatement, 'tree'>, wanted: Wanted): CopiedRows {
  const source = tree?.is('InsertStmt') === true ? tree.source : tree?.asSelect;
  if (tree === undefined || source === undefined) return 'none';
  const rows = rowsFrom(source, { ...wanted, ctes: tree.all('CteDefinition') });
  const conflict = tree.conflictAction;
  if (rows !== 'all') return rows;
  if (conflict === 'IGNORE' || conflict === 'REPLACE') return { by: `OR ${conflict}` };
  return tree.upserts.length > 0 ? { by: 'ON CONFLICT' } : 'all';
}

interface Sources extends Wanted {
  /** Their names hide those of tables. */
  readonly ctes: readonly SyntaxNode[];
}

function rowsFrom(node: SyntaxNode | undefined, sources: Sources): CopiedRows {
  switch (node?.type) {
    case 'TableRef':
      return ofName(node.tableName?.text ?? '', sources);
    case 'ParenTableSource':
      return rowsFrom(node.source, sources);
    case 'SubqueryTableSource':
    case 'WithClause':
      return rowsFrom(node.select, sources);
    case 'JoinClause':
      return ofJoin(node, sources);
    case 'CompoundSelect':
      return ofCompound(node, sources);
    case 'SelectStmt':
      return ofSelect(node, sources);
    default:
      return 'none';
  }
}

function ofName(name: string, sources: Sources): CopiedRows {
  const { ctes, isMeant } = sources;
  const cte = ctes.find((one) => sameName(one.cteName?.text ?? '', name));
  if (cte === undefined) return isMeant(name) ? 'all' : 'none';
  return rowsFrom(cte.select, { ...sources, ctes: ctes.filter((one) => one !== cte) });
}

/** An outer join keeps the rows of one side, whatever the other has; a left one those of the left. */
function ofJoin(node: SyntaxNode, sources: Sources): CopiedRows {
  const type = node.joinType ?? '';
  const [left, right] = [rowsFrom(node.left, sources), rowsFrom(node.right, sources)];
  if (left === 'none' && right === 'none') return 'none';
  const kept = [/LEFT|FULL/.test(type) ? left : 'none', /RIGHT|FULL/.test(type) ? right : 'none'];
  if (kept.includes('all')) return 'all';
  return [left, right].find((one) => typeof one === 'object') ?? { by: 'JOIN' };
}

function ofCompound(node: SyntaxNode, sources: Sources): CopiedRows {
  const parts = [rowsFrom(node.left, sources), rowsFrom(node.right, sources)];
  const op = (node.op ?? '').replaceAll('_', ' ');
  if (parts.every((part) => part === 'none')) return 'none';
  if (op !== 'UNION ALL') return { by: op };
  const whole = parts.includes('all') ? 'all' : parts.find((part) => part !== 'none');
  return limited(node, whole ?? 'none');
}

function ofSelect(node: SyntaxNode, sources: Sources): CopiedRows {
  const from = rowsFrom(node.from, sources);
  if (from !== 'all') return from;
  const where = node.where;
  if (where !== undefined && !isAlways(where) && sources.passes?.(where) !== true) return { by: 'WHERE' };
  if (node.having !== undefined) return { by: 'HAVING' };
  const selected = node.columns.map((item) => item.expr);
  if (node.groupBy !== undefined) {
    return holdsKey(node.groupBy.items(), sources) ? limited(node, from) : { by: 'GROUP BY' };
  }
  if (node.hasFlag('DISTINCT') && !holdsKey(selected, sources)) return { by: 'DISTINCT' };
  const aggregate = selected.map(aggregateOf).find((name) => name !== undefined);
  return aggregate === undefined ? limited(node, from) : { by: `${aggregate}()` };
}

/** Whether each row has other values in the expressions. */
const holdsKey = (expressions: readonly (SyntaxNode | undefined)[], { key }: Sources): boolean =>
  key.length > 0 &&
  key.every((column) =>
    expressions.some((one) => one?.is('ColumnRef') === true && sameName(one.column.text, column)),
  );

const limited = (node: SyntaxNode, rows: CopiedRows): CopiedRows =>
  rows === 'all' && node.limit !== undefined ? { by: 'LIMIT' } : rows;

/** The condition that says that none is meant. */
export const isAlways = (condition: SyntaxNode): boolean =>
  (condition.literalType === 'INTEGER' && condition.text === '1') ||
  (condition.is('ColumnRef') && condition.column.text.toLowerCase() === 'true');

const AGGREGATES: ReadonlySet<string> = new Set([
  'avg',
  'count',
  'group_concat',
  'json_group_array',
  'json_group_object',
  'string_agg',
  'sum',
  'total',
]);

/** The name of the function that makes one row of all. */
function aggregateOf(expression: SyntaxNode | undefined): string | undefined {
  if (expression?.is('FunctionCall') !== true || expression.over !== undefined) return undefined;
  const name = foldName(expression.functionName.text);
  const isExtreme = ['max', 'min'].includes(name) && expression.args.length === 1;
  return AGGREGATES.has(name) || isExtreme ? name : undefined;
}
