import type { Schema, Table } from '../schema/index.ts';

/** Every row of a few small tables, by folded name of the table: each value as an SQL literal, in the table's order. */
export type Contents = ReadonlyMap<string, readonly ContentRow[]>;

export type ContentRow = readonly string[];

/** The tables whose rows are compared: a module's own tables only follow the virtual one. */
export const tablesWithRows = (schema: Schema): readonly Table[] =>
  schema.tables().filter(({ storage, columns }) => storage !== 'shadow' && columns.length > 0);

/** The columns of a table that hold values of their own. */
export const storedColumns = ({ columns }: Table): readonly string[] =>
  columns.filter(({ generated }) => generated === 'no').map(({ name }) => name);
