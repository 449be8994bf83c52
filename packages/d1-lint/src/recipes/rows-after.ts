import { columnOf, primaryKeyOf, type Table } from 'd1-core/schema';
import { foldName, unquote } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { copiedRows } from './copied-rows.ts';
import { filledTable, followTables, type FollowedTable } from './follow-tables.ts';
import type { Rebuild } from './rebuilds.ts';
import { wordAfter } from './statement-parts.ts';

/** A statement that takes rows of the old table, and leaves others out. */
export interface PartialCopy {
  readonly statement: LintStatement;
  readonly written: FollowedTable;
  /** The part of the statement that leaves them out, such as `WHERE`. */
  readonly by: string;
}

/** Where the rows of the old table are at the end of the file, through however many copies. */
export interface RowsAfter {
  readonly are: 'all-kept' | 'some-kept' | 'gone';
  /** The copies that leave rows out; empty when all are kept. */
  readonly partial: readonly PartialCopy[];
}

export function rowsAfter(rebuild: Rebuild, context: Pick<RuleContext, 'statements' | 'before'>): RowsAfter {
  const tables = followTables(context);
  const key = primaryKeyOf(rebuild.table);
  const whole = new Set(tables.touched.filter(({ existing }) => existing === rebuild.existing));
  const some = new Set(whole);
  const partial: PartialCopy[] = [];
  for (const statement of context.statements) {
    const written = filledTable(statement, tables);
    if (written === undefined) continue;
    const holds = (holders: ReadonlySet<FollowedTable>) => (name: string) => {
      const table = tables.at(statement, name);
      return table !== undefined && holders.has(table);
    };
    const rows = copiedRows(statement, { isMeant: holds(some), key });
    if (rows === 'none') continue;
    some.add(written);
    if (copiedRows(statement, { isMeant: holds(whole), key }) === 'all') whole.add(written);
    else if (rows !== 'all') partial.push({ statement, written, by: rows.by });
  }
  const isLeft = ({ dropped }: FollowedTable) => dropped === undefined;
  const isKept =
    [...whole].some(isLeft) ||
    areComplete(
      partial.filter(({ written }) => isLeft(written)),
      rebuild,
    );
  if (isKept) return { are: 'all-kept', partial: [] };
  return { are: [...some].some(isLeft) ? 'some-kept' : 'gone', partial };
}

/** Whether one of the copies takes what another leaves out: `WHERE a IS NULL` and `WHERE a IS NOT NULL`. */
function areComplete(partial: readonly PartialCopy[], { table }: Rebuild): boolean {
  const conditions = partial
    .filter(({ by }) => by === 'WHERE')
    .map(({ statement }) => conditionOf(statement));
  return conditions.some((one) => conditions.some((other) => areOpposite(one, other, table)));
}

/** The words after the WHERE of a copy, up to its end. */
function conditionOf(statement: LintStatement): readonly string[] {
  const where = wordAfter(statement, 'WHERE', statement.start);
  return statement.tokens
    .filter(({ start }) => where !== undefined && start > where.start)
    .map(({ kind, text }) => (kind === 'string' ? text : foldName(unquote(text))));
}

const OPPOSITES = ['= <>', '= !=', '< >=', '> <='];

/** Knows `column IS NULL`, and a comparison of a column that is never NULL. */
function areOpposite(one: readonly string[], other: readonly string[], table: Table): boolean {
  const [name = '', operator, ...value] = one;
  if (name !== other[0]) return false;
  if (one.slice(1).join(' ') === 'is null') return other.slice(1).join(' ') === 'is not null';
  const column = columnOf(table, name);
  const isNeverNull =
    column?.notNull === true || (column?.primaryKey === 1 && /^integer$/i.test(column.type));
  return (
    isNeverNull &&
    value.length === 1 &&
    value.join() === other.slice(2).join() &&
    OPPOSITES.includes(`${operator} ${other[1]}`)
  );
}
