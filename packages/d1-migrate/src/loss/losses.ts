import { foldName } from 'd1-core/sql';
import type { RowCounts } from './count.ts';
import type { LossPlan } from './plan.ts';

/** A table that has fewer rows than before. */
export interface RowLoss {
  /** Its name before the migrations. */
  readonly table: string;
  readonly before: number;
  /** 0 where the table is gone. */
  readonly after: number;
  /** The reason that a directive gives; undefined when none announces the loss. */
  readonly reason: string | undefined;
}

/** The tables that have lost rows. */
export function lossesBetween(
  { announced }: Pick<LossPlan, 'announced'>,
  before: RowCounts,
  after: RowCounts,
): readonly RowLoss[] {
  return [...before].flatMap(([table, count]) => {
    const left = after.get(table) ?? 0;
    return left < count
      ? [{ table, before: count, after: left, reason: announced.get(foldName(table)) }]
      : [];
  });
}

export const isUnannounced = ({ reason }: RowLoss): boolean => reason === undefined;

/** The line that announces a loss. */
export const announcement = ({ table }: Pick<RowLoss, 'table'>): string =>
  `-- d1-migrate: expect-rows-lost ${/^[A-Za-z_]\w*$/.test(table) ? table : `"${table.replaceAll('"', '""')}"`}: <reason>`;
