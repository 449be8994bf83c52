import { comment, foldName, identifier } from '../sql/index.ts';
import type { Announced } from './announced.ts';

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
