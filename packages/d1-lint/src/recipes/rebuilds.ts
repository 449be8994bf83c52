import { closureRebuild } from 'd1-core/rebuild';
import { columnOf, type Table } from 'd1-core/schema';
import { identifier, type Name, sameName } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { followTables, type FollowedTable, type FollowedTables } from './follow-tables.ts';
import { starCopy } from './star-copy.ts';
import { sourceTables, withReplacements, writtenTable } from './statement-parts.ts';

/** An existing table that a file drops, and rebuilds under a name that it had. */
export interface Rebuild {
  /** As it was before the file. */
  readonly existing: Table;
  /** As it is before the first step of the rebuild. The file may have renamed or altered it by then. */
  readonly table: Table;
  /** As it is after the file; undefined where a statement of the rebuild fails. */
  readonly result: Table | undefined;
  readonly create: LintStatement;
  /** The name under which it is created. */
  readonly createdAs: Name;
  readonly drop: LintStatement;
  /** The name under which the old table is dropped. */
  readonly dropped: Name;
  /** The statements that fill the new table. */
  readonly copies: readonly LintStatement[];
  /** The first and the last statement of all these, and of the renames. */
  readonly first: LintStatement;
  readonly last: LintStatement;
}

type Context = Pick<RuleContext, 'statements' | 'before' | 'after'>;

const known = new WeakMap<readonly LintStatement[], readonly Rebuild[]>();

/** Whatever the order of the steps, and whatever the new table is called meanwhile. */
export function rebuildsOf(context: Context): readonly Rebuild[] {
  const found = known.get(context.statements) ?? find(context);
  known.set(context.statements, found);
  return found;
}

function find({ statements, before, after }: Context): readonly Rebuild[] {
  const tables = followTables({ statements, before });
  return tables.touched.flatMap(({ existing, dropped, names, renamed }) => {
    if (existing?.storage !== 'ordinary' || dropped === undefined) return [];
    const taken = names.findIndex((name) => tables.atEnd(name)?.created !== undefined);
    const name = names[taken] ?? '';
    const replacement = tables.atEnd(name);
    if (replacement?.created === undefined) return [];
    const copies = statements.filter((one) => isCopyInto(replacement, one, tables));
    const steps = [
      replacement.created.by,
      dropped.by,
      // Those before have given it the name under which it is rebuilt.
      ...renamed.slice(taken),
      ...replacement.renamed,
      ...copies,
    ];
    const first = steps.reduce((a, b) => (a.index < b.index ? a : b));
    return {
      existing,
      table: first.before.table(name) ?? existing,
      result: after.table(name),
      create: replacement.created.by,
      createdAs: replacement.created.name,
      drop: dropped.by,
      dropped: dropped.name,
      copies,
      first,
      last: steps.reduce((a, b) => (a.index > b.index ? a : b)),
    };
  });
}

const isCopyInto = (table: FollowedTable, statement: LintStatement, tables: FollowedTables): boolean => {
  const target = statement.tree?.is('InsertStmt') === true ? writtenTable(statement) : undefined;
  return target !== undefined && tables.at(statement, target.text) === table;
};

/**
 * The rebuild in the form that loses nothing, without semicolons; undefined where its steps are not understood. A
 * `copy` stands in for the copies of the migration.
 */
export function safeRebuild(
  rebuild: Rebuild,
  context: Context & Pick<RuleContext, 'tokenize'>,
  { copy }: { readonly copy?: ((newName: string) => string) | undefined } = {},
): readonly string[] | undefined {
  const { table, create, createdAs, copies, first } = rebuild;
  // What the file has altered before the rebuild stays above it.
  const schema = first.before;
  if (create.tree?.asSelect !== undefined) return undefined;
  const made = create.after.table(createdAs.text);
  const usable = schema.table(createdAs.text) === undefined && !sameName(createdAs.text, table.name);
  const name = usable ? createdAs.text : `new_${table.name}`;
  return closureRebuild({
    schema,
    table,
    newName: name,
    droppedColumns: table.columns
      .map((column) => column.name)
      .filter((column) => made !== undefined && columnOf(made, column) === undefined),
    create: withReplacements(create, [{ ...createdAs, text: identifier(name) }]),
    copies: copy === undefined ? copies.map((one) => rewriteCopy(one, rebuild, name, context)) : [copy(name)],
    tokenize: context.tokenize,
  });
}

/** A copy that reads the old table under its own name, and writes the new one. */
function rewriteCopy(
  copy: LintStatement,
  { existing, table }: Rebuild,
  newName: string,
  context: Context,
): string {
  const tables = followTables(context);
  const target = writtenTable(copy);
  const sources = sourceTables(copy)
    .map((one) => one.tableName)
    .filter((name) => name !== undefined)
    .filter(({ text }) => isCopyOf(tables.at(copy, text), existing, tables));
  return withReplacements(copy, [
    ...(starCopy(copy)?.byName?.edits ?? []),
    ...(target === undefined ? [] : [{ ...target, text: identifier(newName) }]),
    ...sources.map((source) => ({ ...source, text: identifier(table.name) })),
  ]);
}

/** The table itself, or one that the file has filled from it alone. */
function isCopyOf(found: FollowedTable | undefined, table: Table, tables: FollowedTables): boolean {
  if (found === undefined) return false;
  if (found.existing !== undefined) return found.existing === table;
  const create = found.created?.by;
  return (
    create !== undefined &&
    sourceTables(create).some((one) => tables.at(create, one.tableName?.text ?? '')?.existing === table)
  );
}
