import { foldName, isTrivia, sameName, type Tokenize, unquote } from '../sql/index.ts';

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

export type Affinity = 'TEXT' | 'INTEGER' | 'REAL' | 'NUMERIC' | 'BLOB';

/** Of a declared type, by SQLite's rules ("Datatypes In SQLite", 3.1). */
export function affinityOf(type: string): Affinity {
  const declared = type.toUpperCase();
  const has = (...parts: readonly string[]) => parts.some((part) => declared.includes(part));
  if (has('INT')) return 'INTEGER';
  if (has('CHAR', 'CLOB', 'TEXT')) return 'TEXT';
  if (declared === '' || has('BLOB')) return 'BLOB';
  return has('REAL', 'FLOA', 'DOUB') ? 'REAL' : 'NUMERIC';
}

/** A value that such a column can hold without saying anything. */
export const EMPTY_VALUE: Readonly<Record<Affinity, string>> = {
  TEXT: "''",
  INTEGER: '0',
  REAL: '0',
  NUMERIC: '0',
  BLOB: "x''",
};

/**
 * Tables so that each stands after those that its foreign keys point to. Tables of a circle come in the order in which
 * they are found.
 */
export function parentsFirst(schema: Schema, tables: readonly Table[] = schema.tables()): readonly Table[] {
  const wanted = new Map(tables.map((table) => [foldName(table.name), table]));
  const ordered: Table[] = [];
  const seen = new Set<string>();
  const visit = (table: Table) => {
    if (seen.has(foldName(table.name))) return;
    seen.add(foldName(table.name));
    for (const { parent } of table.foreignKeys) {
      const found = schema.table(parent);
      if (found !== undefined) visit(found);
    }
    const own = wanted.get(foldName(table.name));
    if (own !== undefined) ordered.push(own);
  };
  for (const table of tables) visit(table);
  return ordered;
}

/** Why a foreign key does not fit its parent table; undefined where it does. */
export type KeyFlaw =
  | { readonly flaw: 'no-such-column'; readonly column: string }
  | { readonly flaw: 'no-primary-key' }
  | { readonly flaw: 'column-count'; readonly primaryKey: readonly string[] }
  | { readonly flaw: 'not-unique'; readonly columns: readonly string[] };

/** The rule is SQLite's: the parent columns are the primary key, or those of a UNIQUE index without WHERE. */
export function keyFlaw(schema: Schema, parent: Table, foreignKey: ForeignKey): KeyFlaw | undefined {
  const primaryKey = primaryKeyOf(parent);
  const { columns, parentColumns } = foreignKey;
  if (parentColumns === undefined) {
    if (primaryKey.length === 0) return { flaw: 'no-primary-key' };
    return primaryKey.length === columns.length ? undefined : { flaw: 'column-count', primaryKey };
  }
  const known = new Set(parent.columns.map(({ name }) => foldName(name)));
  const column = parentColumns.find((name) => !known.has(foldName(name)));
  if (column !== undefined) return { flaw: 'no-such-column', column };
  const keys = [
    primaryKey,
    ...schema
      .indexesOf(parent.name)
      .filter((index) => index.unique && !index.partial)
      .map((index) => index.columns),
  ];
  return keys.some((key) => hasSameNames(key, parentColumns))
    ? undefined
    : { flaw: 'not-unique', columns: parentColumns };
}

/** Whether two lists hold the same names, in whatever order. */
export function hasSameNames(a: readonly (string | undefined)[], b: readonly string[]): boolean {
  const names = new Set(b.map(foldName));
  return (
    a.length === b.length &&
    names.size === b.length &&
    a.every((name) => name !== undefined && names.has(foldName(name)))
  );
}

/**
 * The table that an FTS5 table takes its text from; undefined where it keeps it itself, or not at all.
 * https://sqlite.org/fts5.html#external_content_and_contentless_tables
 */
export function contentTable(sql: string, tokenize: Tokenize): string | undefined {
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  const at = tokens.findIndex(
    ({ text }, index) => foldName(unquote(text)) === 'content' && tokens[index + 1]?.text === '=',
  );
  const value = at < 0 ? '' : unquote(tokens[at + 2]?.text ?? '');
  return value === '' ? undefined : value;
}
