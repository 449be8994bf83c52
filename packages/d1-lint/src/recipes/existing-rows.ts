import { columnOf, type Column, type Table } from 'd1-core/schema';
import { sameName } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { copiedColumns } from './copied-columns.ts';
import { followTables, type FollowedTable } from './follow-tables.ts';
import { rebuildsOf, type Rebuild } from './rebuilds.ts';
import { starCopy } from './star-copy.ts';
import { alteredTable } from './statement-parts.ts';

type Context = Pick<RuleContext, 'statements' | 'before' | 'after'>;

/**
 * The table of before the file whose rows are under a name when a statement runs: the file may have renamed it, or
 * rebuilt it. Undefined where the rows under that name are the file's own.
 */
export function existingTable(name: string, at: LintStatement, context: Context): Table | undefined {
  const followed = followTables(context).at(at, name);
  return followed?.existing ?? rebuildOf(followed, at, context)?.existing;
}

/** The column of before the file whose values a column holds when a statement runs; undefined for a new one. */
export function existingColumn(
  table: string,
  column: string,
  at: LintStatement,
  context: Context,
): Column | undefined {
  const tables = followTables(context);
  const followed = tables.at(at, table);
  const rebuild = rebuildOf(followed, at, context);
  const existing = followed?.existing ?? rebuild?.existing;
  if (existing === undefined) return undefined;
  let name = column;
  for (const statement of context.statements.slice(0, at.index).reverse()) {
    const altered = alteredTable(statement, 'RENAME_COLUMN') ?? alteredTable(statement, 'ADD_COLUMN');
    if (altered === undefined || tables.at(statement, altered.text) !== followed) continue;
    const made = statement.tree?.newName ?? statement.tree?.columnDef?.columnName;
    if (!sameName(made?.text ?? '', name)) continue;
    const renamed = statement.tree?.oldName;
    if (renamed === undefined) return undefined;
    name = renamed.text;
  }
  if (rebuild !== undefined && !rebuild.copies.some((copy) => copies(copy, name))) return undefined;
  return columnOf(existing, name);
}

/** The rebuild that has filled a table from an existing one before a statement. */
const rebuildOf = (
  followed: FollowedTable | undefined,
  { index }: LintStatement,
  context: Context,
): Rebuild | undefined =>
  rebuildsOf(context).find(
    ({ create, copies }) => create === followed?.created?.by && copies.some((copy) => copy.index < index),
  );

const copies = (copy: LintStatement, column: string): boolean =>
  starCopy(copy) !== undefined ||
  copiedColumns(copy).some(({ target, source }) => source !== undefined && sameName(target, column));
