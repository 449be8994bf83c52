/** A row, by column name. Integers beyond 2^53 are rounded and blobs are arrays of bytes, as D1 gives them. */
export type Row = Readonly<Record<string, unknown>>;

/** A D1 database, wherever it is. */
export interface D1 {
  readonly location: 'local' | 'remote' | 'shadow';
  /**
   * Runs complete SQL statements as one transaction: all or none. Gives the rows of each.
   * Throws a `D1Error` (`sql-…`, or one of wrangler's failures) when one fails.
   */
  batch(statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
  /** Frees what it holds. Nothing can be asked afterwards. */
  close(): Promise<void>;
}
