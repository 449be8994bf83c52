import type { Schema, Table } from 'd1-core/schema';
import { foldName, sameName } from 'd1-core/sql';
import type { ColumnChange, TableComparison } from 'd1-core/witness';
import type { AnalysedMigration } from './analyse.ts';
import { announcedIn } from './announced.ts';
import type { ComputedColumns } from './effect.ts';
import { withReason, type Loss } from './losses.ts';
import { firstName, follow, nameAfter, type TableTrace } from './table-trace.ts';

/**
 * What of the differences that one migration has made is a loss. Values that an UPDATE or a SELECT computes are said by
 * the statement; all others that go, and rows, and rows that a rebuild has copied twice, have to be announced.
 * `schema` and `before` are of the moment before the migration.
 */
export function judge(
  migration: AnalysedMigration,
  comparisons: readonly TableComparison[],
  schema: Schema,
  before: TableTrace,
): readonly Loss[] {
  const announced = announcedIn(migration, before);
  return schema.tables().flatMap((table) => {
    const comparison = comparisons.find((one) => one.table.before === table.name);
    if (comparison === undefined) return [];
    const written = writesTo(migration, table, comparison, schema, before);
    return lossesOf(comparison, table, written).map((loss) => withReason(loss, announced));
  });
}

/** What the statements of a migration do to a table themselves. */
interface Written {
  /** Undefined where no statement is about its rows. */
  readonly computed: ComputedColumns | undefined;
  readonly isRebuilt: boolean;
}

function lossesOf(
  { table: { after: nameNow }, before, after, lost, repeated, changes }: TableComparison,
  table: Table,
  { computed, isRebuilt }: Written,
): readonly Omit<Loss, 'reason'>[] {
  const shared = { table: table.name, before, after: nameNow === undefined ? 0 : after };
  const values = table.storage === 'virtual' ? [] : changes;
  return [
    { ...shared, what: 'rows' as const, column: undefined, count: lost },
    { ...shared, what: 'twice' as const, column: undefined, count: isRebuilt ? repeated : 0 },
    ...values.map((change) => ({
      ...shared,
      what: 'values' as const,
      column: change.column,
      count: lostValues(change, table, computed),
    })),
  ].filter(({ count }) => count > 0);
}

/** Where no statement is about the table, a trigger or ON UPDATE may keep a value up to date, but not empty it. */
function lostValues(change: ColumnChange, table: Table, computed: ComputedColumns | undefined): number {
  if (computed === undefined) return isDefaulted(change, table) ? change.lost : change.emptied;
  const isSaid =
    computed === 'all' ||
    computed.some((name) => sameName(name, change.column) || sameName(name, change.now));
  return isSaid ? 0 : change.lost;
}

const isDefaulted = ({ column }: ColumnChange, { foreignKeys }: Table): boolean =>
  foreignKeys.some(
    ({ onDelete, onUpdate, columns }) =>
      (onDelete === 'SET DEFAULT' || onUpdate === 'SET DEFAULT') &&
      columns.some((name) => sameName(name, column)),
  );

function writesTo(
  { statements }: AnalysedMigration,
  table: Table,
  { table: { after } }: TableComparison,
  schema: Schema,
  before: TableTrace,
): Written {
  const effects = statements.map(({ effect }) => effect);
  const isWatched =
    schema.triggersOf(table.name).length > 0 ||
    effects.some((effect) => effect.kind === 'watches' && sameName(effect.table, table.name));
  let computed: ComputedColumns | undefined;
  let isRebuilt = false;
  let trace = before;
  for (const [index, effect] of effects.entries()) {
    if (effect.kind === 'drops' || effect.kind === 'writes' || effect.kind === 'deletes') {
      const isItself = foldName(firstName(trace, effect.table)) === foldName(table.name);
      const later = nameAfter(effect.table, effects.slice(index + 1));
      const becomesIt = after !== undefined && later !== undefined && sameName(later, after);
      if (isItself || (becomesIt && effect.kind !== 'drops')) {
        isRebuilt ||= effect.kind === 'drops';
        const columns = effect.kind === 'drops' ? [] : effect.computed;
        // What its own triggers do to the rows that an UPDATE changes is a part of it.
        const isAll = columns === 'all' || (isWatched && columns.length > 0);
        computed = computed === 'all' || isAll ? 'all' : [...(computed ?? []), ...columns];
      }
    }
    trace = follow(trace, effect);
  }
  return { computed, isRebuilt };
}
