import type { Schema, Table } from '../schema/index.ts';
import { foldName, sameName } from '../sql/index.ts';
import type { ColumnChange, TableComparison } from '../witness/index.ts';
import type { AnalysedMigration, ComputedColumns, Effect, Watching } from './analyse.ts';
import { announcedIn } from './announced.ts';
import { withReason, type Loss } from './losses.ts';
import { follow, type TableTrace } from './table-trace.ts';

/** Values that a statement itself says, or takes along with their column. */
export interface IntendedChange {
  /** Its name before the migration. */
  readonly table: string;
  readonly column: string;
  readonly count: number;
}

/** What one migration has done to the rows that were there. */
export interface Judgement {
  readonly losses: readonly Loss[];
  readonly intended: readonly IntendedChange[];
}

/**
 * What of the differences that one migration has made is a loss. Columns that a statement assigns, computes or drops are
 * intended; all other values that give way, rows that go, and rows that a rebuild has copied twice, have to be announced.
 * `schema`, its `triggers` and `before` are of the moment before the migration.
 */
export function judge(
  migration: AnalysedMigration,
  comparisons: readonly TableComparison[],
  schema: Schema,
  triggers: readonly Watching[],
  before: TableTrace,
): Judgement {
  const announced = announcedIn(migration, before);
  const owners = ownersOf(migration, before);
  const tables = schema.tables().flatMap((table) => {
    const comparison = comparisons.find((one) => one.table.before === table.name);
    if (comparison === undefined) return [];
    return [{ table, comparison, written: writesTo(migration, table, comparison, triggers, owners) }];
  });
  return {
    losses: tables.flatMap(({ table, comparison, written }) =>
      lossesOf(comparison, table, written).map((loss) => withReason(loss, announced)),
    ),
    intended: tables.flatMap(({ table, comparison, written }) =>
      comparison.changes
        .map((change) => ({
          table: table.name,
          column: change.column,
          count: change.changed - lostValues(change, table, written),
        }))
        .filter(({ count }) => count > 0),
    ),
  };
}

/** What the statements of a migration do to a table themselves. */
interface Written {
  /** Undefined where no statement is about its rows. */
  readonly computed: readonly string[] | 'all' | undefined;
  readonly isRebuilt: boolean;
  /** The columns that its own triggers assign. */
  readonly followed: readonly string[];
}

function lossesOf(
  { table: { after: nameNow }, before, after, lost, repeated, changes, matchedBy }: TableComparison,
  table: Table,
  written: Written,
): readonly Omit<Loss, 'reason'>[] {
  // What is found in an index without a text follows the rows that triggers feed it with.
  if (matchedBy === 'words' && written.computed === undefined) return [];
  const shared = { table: table.name, before, after: nameNow === undefined ? 0 : after };
  return [
    { ...shared, what: 'rows' as const, column: undefined, count: lost },
    { ...shared, what: 'twice' as const, column: undefined, count: written.isRebuilt ? repeated : 0 },
    ...changes.map((change) => ({
      ...shared,
      what: 'values' as const,
      column: change.column,
      count: lostValues(change, table, written),
    })),
  ].filter(({ count }) => count > 0);
}

function lostValues(change: ColumnChange, table: Table, { computed, followed }: Written): number {
  const isSaid =
    computed === 'all' ||
    computed?.some((name) => sameName(name, change.column) || sameName(name, change.now ?? '')) === true;
  if (isSaid) return 0;
  // A key that follows its parent, and a column that the table's own triggers keep up to date, lose only what is empty then.
  const isFollowed = followed.some((name) => sameName(name, change.column));
  const mayFollow = change.now !== undefined && (isFollowed || isCascaded(change, table));
  return mayFollow ? change.emptied : change.lost;
}

const isCascaded = ({ column }: ColumnChange, { foreignKeys }: Table): boolean =>
  foreignKeys.some(
    ({ onUpdate, columns }) => onUpdate === 'CASCADE' && columns.some((name) => sameName(name, column)),
  );

function writesTo(
  { statements }: AnalysedMigration,
  table: Table,
  { columns }: TableComparison,
  triggers: readonly Watching[],
  owners: Owners,
): Written {
  const effects = statements.map(({ effect }) => effect);
  const followed = [...triggers, ...effects].flatMap((effect) =>
    effect.kind === 'watches' && sameName(effect.table, table.name) ? effect.assigns : [],
  );
  let computed: Written['computed'];
  const say = (more: ComputedColumns) => {
    computed = computed === 'all' || more === 'all' ? 'all' : [...(computed ?? []), ...named(more, columns)];
  };
  let isRebuilt = false;
  for (const [index, effect] of effects.entries()) {
    if (owners[index]?.has(table.name) !== true) continue;
    if (effect.kind === 'drops') {
      isRebuilt = true;
      say([]);
    }
    if (effect.kind === 'alters' && effect.dropped !== undefined) say([effect.dropped]);
    if (effect.kind === 'writes' || effect.kind === 'deletes') say(effect.computed);
  }
  return { computed, isRebuilt, followed };
}

/** For each statement the tables of before that it is about: the one that has this name then, or whose place it takes later. */
type Owners = readonly ReadonlySet<string>[];

function ownersOf({ statements }: AnalysedMigration, before: TableTrace): Owners {
  // Only where names change there is something to follow: most of many statements fill tables.
  const moments: { readonly until: number; readonly firsts: Firsts; readonly effect: Effect | undefined }[] =
    [];
  let trace = before;
  for (const [index, { effect }] of statements.entries()) {
    const next = follow(trace, effect);
    if (next.names !== trace.names || next.present !== trace.present)
      moments.push({ until: index, firsts: firstsOf(trace), effect });
    trace = next;
  }
  moments.push({ until: statements.length, firsts: firstsOf(trace), effect: undefined });

  let from = 0;
  return statements.map(({ effect }, index) => {
    while ((moments[from]?.until ?? index) < index) from += 1;
    const owners = new Set<string>();
    let now = 'table' in effect ? foldName(effect.table) : undefined;
    for (const moment of moments.slice(from)) {
      if (now === undefined) break;
      for (const first of moment.firsts.get(now) ?? []) owners.add(first);
      const change = moment.effect;
      if (change?.kind === 'drops' && foldName(change.table) === now) now = undefined;
      if (change?.kind === 'renames' && foldName(change.table) === now) now = foldName(change.to);
    }
    return owners;
  });
}

/** The first names of tables, by their folded names at a moment. */
type Firsts = ReadonlyMap<string, readonly string[]>;

const firstsOf = ({ names }: TableTrace): Firsts =>
  new Map(
    [...Map.groupBy([...names], ([, now]) => foldName(now ?? ''))].map(([now, entries]) => [
      now,
      entries.map(([first]) => first),
    ]),
  );

const named = (computed: readonly (string | number)[], columns: readonly string[]): readonly string[] =>
  computed.flatMap((column) => (typeof column === 'number' ? (columns[column] ?? []) : [column]));
