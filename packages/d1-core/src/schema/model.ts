import { sameName } from '../sql/index.ts';

/** What a foreign key does to the child rows. */
export type ForeignKeyAction = 'NO ACTION' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT' | 'CASCADE';

export interface Column {
  readonly name: string;
  /** As declared; empty where the table says nothing. */
  readonly type: string;
  readonly notNull: boolean;
  /** The text of the DEFAULT expression. */
  readonly defaultValue: string | undefined;
  /** Its place in the primary key from 1; 0 where it is not in it. */
  readonly primaryKey: number;
  readonly generated: 'no' | 'virtual' | 'stored';
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** Undefined where the key names no columns: then the primary key of the parent is meant. */
  readonly parentColumns: readonly string[] | undefined;
  readonly onDelete: ForeignKeyAction;
  readonly onUpdate: ForeignKeyAction;
}

export interface Table {
  readonly kind: 'table';
  readonly name: string;
  /** The CREATE statement as SQLite keeps it. */
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly strict: boolean;
  readonly withoutRowid: boolean;
  readonly autoincrement: boolean;
  /** `virtual`: made by a module, such as fts5. `shadow`: one of the tables in which a module keeps its data. */
  readonly storage: 'ordinary' | 'virtual' | 'shadow';
}

export interface Index {
  readonly kind: 'index';
  readonly name: string;
  readonly table: string;
  /** In order; undefined for an expression. */
  readonly columns: readonly (string | undefined)[];
  readonly unique: boolean;
  /** Whether it has a WHERE. */
  readonly partial: boolean;
  /** By CREATE INDEX, or by a UNIQUE or PRIMARY KEY of the table. */
  readonly origin: 'created' | 'unique' | 'primary-key';
  /** The CREATE statement as SQLite keeps it; undefined where the table itself made the index. */
  readonly sql: string | undefined;
}

export interface View {
  readonly kind: 'view';
  readonly name: string;
  readonly sql: string;
}

export interface Trigger {
  readonly kind: 'trigger';
  readonly name: string;
  /** The table or view whose changes fire it. */
  readonly table: string;
  readonly sql: string;
}

export type SchemaObject = Table | Index | View | Trigger;

/** The schema of a database at one moment. Names are compared as SQLite does. */
export interface Schema {
  table(name: string): Table | undefined;
  index(name: string): Index | undefined;
  view(name: string): View | undefined;
  trigger(name: string): Trigger | undefined;
  /** In the order in which they were first created. */
  objects(): readonly SchemaObject[];
  tables(): readonly Table[];
  /** The indexes of a table, those that its UNIQUE and PRIMARY KEY made included. */
  indexesOf(table: string): readonly Index[];
  /** The triggers of a table or view. */
  triggersOf(table: string): readonly Trigger[];
  /** The foreign keys that point to a table, with the tables that have them. */
  referencesTo(table: string): readonly { readonly child: Table; readonly foreignKey: ForeignKey }[];
}

export const columnOf = (table: Table, name: string): Column | undefined =>
  table.columns.find((column) => sameName(column.name, name));

/** The names of the primary key's columns, in its order. */
export const primaryKeyOf = (table: Table): readonly string[] =>
  table.columns
    .filter((column) => column.primaryKey > 0)
    .sort((a, b) => a.primaryKey - b.primaryKey)
    .map((column) => column.name);
