import { comment, foldName, identifier } from 'd1-core/sql';
import type { Announced } from './announced.ts';
import type { TableCounts } from './plan.ts';

/** What a table has lost. */
export interface Loss {
  /** Its name before the migrations. */
  readonly table: string;
  /**
   * `rows` that are gone, `values` that have given way to others, rows that are there `twice`, and rows that are `unplanned`:
   * fewer than the rehearsal of the plan left.
   */
  readonly what: 'rows' | 'values' | 'twice' | 'unplanned';
  /** Of values, where they stood; undefined for rows. */
  readonly column: string | undefined;
  /** Rows, or values, that are lost. */
  readonly count: number;
  /** Rows of the table; 0 where it is gone. */
  readonly before: number;
  readonly after: number;
  /** The reason that a directive gives; undefined when none announces the loss. */
  readonly reason: string | undefined;
}

/** Gives a loss the reason that announces it. Whoever lets rows go lets their values go too. */
export function withReason(loss: Omit<Loss, 'reason'>, { rows, values }: Announced): Loss {
  const table = foldName(loss.table);
  const ofRows = loss.what === 'twice' ? undefined : rows.get(table);
  const columns = loss.what === 'rows' ? undefined : values.get(table);
  const ofValues =
    (loss.column === undefined ? undefined : columns?.get(foldName(loss.column))) ?? columns?.get('*');
  return { ...loss, reason: ofValues ?? ofRows };
}

/** What counting shows: tables with fewer rows, and columns with fewer values than the rows explain. */
export function lossesBetween(
  announced: Announced,
  before: TableCounts,
  after: TableCounts,
): readonly Loss[] {
  return [...before].flatMap(([table, then]) => {
    const now = after.get(table);
    const rows = { before: then.rows, after: now?.rows ?? 0 };
    const lostRows = Math.max(0, rows.before - rows.after);
    const lost: readonly Omit<Loss, 'reason'>[] = [
      { table, what: 'rows', column: undefined, count: lostRows, ...rows },
      ...(now === undefined ? [] : [...then.values]).map(([column, count]) => ({
        table,
        what: 'values' as const,
        column,
        count: count - (now?.values.get(column) ?? 0) - lostRows,
        ...rows,
      })),
    ];
    return lost.filter(({ count }) => count > 0).map((loss) => withReason(loss, announced));
  });
}

/** Rows of each table before and after, as a rehearsal has counted them. */
export interface Planned {
  readonly rows: Readonly<Record<string, number>>;
  readonly rowsAfter: Readonly<Record<string, number>>;
}

/** Tables that have lost more rows than planned, or got fewer: whatever announces it, somebody has approved other numbers. */
export function unplannedLosses(
  { rows, rowsAfter }: Planned,
  before: TableCounts,
  after: TableCounts,
): readonly Loss[] {
  return [...before].flatMap(([table, then]): readonly Loss[] => {
    const [first, last] = [rows[table], rowsAfter[table]];
    if (first === undefined || last === undefined) return [];
    const now = after.get(table)?.rows ?? 0;
    const count = last - first - (now - then.rows);
    const shared = { table, column: undefined, before: then.rows, after: now, reason: undefined };
    return count <= 0 ? [] : [{ ...shared, what: 'unplanned', count }];
  });
}

export const isUnannounced = ({ reason }: Loss): boolean => reason === undefined;

/** The line that announces a loss. */
export function announcement({ table, what, column }: Pick<Loss, 'table' | 'what' | 'column'>): string {
  const subject = column === undefined ? identifier(table) : `${identifier(table)}.${identifier(column)}`;
  const directive = what === 'rows' ? 'expect-rows-lost' : 'expect-values-changed';
  return comment(`d1-migrate: ${directive} ${subject}: <reason>`);
}

/** The lines that announce losses, each once. */
export const announcements = (losses: readonly Loss[]): readonly string[] => [
  ...new Set(losses.filter(({ what }) => what !== 'unplanned').map(announcement)),
];
