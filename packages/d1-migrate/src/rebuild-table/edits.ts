/** What is changed of a table when it is made anew. Names are as in the database, not quoted. */
export interface TableEdits {
  readonly renameColumns: readonly { readonly from: string; readonly to: string }[];
  readonly dropColumns: readonly string[];
  /** Types by column. */
  readonly types: readonly { readonly column: string; readonly type: string }[];
  /** The columns that come first, in this order; the others follow as they were. */
  readonly order: readonly string[];
  readonly notNull: readonly string[];
  readonly nullable: readonly string[];
  readonly setDefault: { readonly column: string; readonly expression: string } | undefined;
  readonly dropDefaults: readonly string[];
  /** The expression of a new CHECK. */
  readonly addCheck: string | undefined;
  /** Columns whose CHECKs go, and those of the table that name them. */
  readonly dropChecks: readonly string[];
  readonly addUnique: readonly (readonly string[])[];
  readonly dropUnique: readonly (readonly string[])[];
  readonly addForeignKeys: readonly NewForeignKey[];
  /** Columns whose foreign keys go. */
  readonly dropForeignKeys: readonly string[];
  readonly primaryKey: readonly string[] | undefined;
}

export interface NewForeignKey {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly onDelete: string;
}

export const NO_EDITS: TableEdits = {
  renameColumns: [],
  dropColumns: [],
  types: [],
  order: [],
  notNull: [],
  nullable: [],
  setDefault: undefined,
  dropDefaults: [],
  addCheck: undefined,
  dropChecks: [],
  addUnique: [],
  dropUnique: [],
  addForeignKeys: [],
  dropForeignKeys: [],
  primaryKey: undefined,
};
