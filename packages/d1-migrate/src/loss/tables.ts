import type { Table } from 'd1-core/schema';

/**
 * Whether a table has rows of its own that can be counted. An FTS5 table with another's content, or none, has not: it fails where
 * that other table is gone.
 */
export const isCounted = ({ storage, sql }: Pick<Table, 'storage' | 'sql'>): boolean =>
  storage === 'ordinary' || (storage === 'virtual' && !/\bcontent\s*=/i.test(sql));
