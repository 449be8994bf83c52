/** What a new migration can start from. */
export const TEMPLATES = [
  'blank',
  'create-table',
  'add-column',
  'add-index',
  'add-unique-index',
  'rename-column',
  'create-view',
  'create-trigger',
  'full-text-search',
  'reference-data',
  'rebuild-table',
] as const;

export type Template = (typeof TEMPLATES)[number];

/** What a template has to be told. Names are as in the database, not quoted. */
export interface Subject {
  readonly table?: string | undefined;
  /** Each as `name` or `name:TYPE`. */
  readonly columns?: readonly string[] | undefined;
  /** The new name of a renamed column. */
  readonly newName?: string | undefined;
  readonly view?: string | undefined;
}

/** Which parts of its subject a template cannot do without. */
export const REQUIRED: Readonly<Record<Template, readonly ('table' | 'columns' | 'newName')[]>> = {
  blank: [],
  'create-table': ['table'],
  'add-column': ['table', 'columns'],
  'add-index': ['table', 'columns'],
  'add-unique-index': ['table', 'columns'],
  'rename-column': ['table', 'columns', 'newName'],
  'create-view': ['table'],
  'create-trigger': ['table'],
  'full-text-search': ['table'],
  'reference-data': ['table'],
  'rebuild-table': ['table'],
};

/** What stands in for columns that nobody named. */
export const DEFAULT_COLUMNS: Readonly<Partial<Record<Template, readonly string[]>>> = {
  'create-view': ['id'],
  'create-trigger': ['updated_at'],
  'full-text-search': ['name'],
  'reference-data': ['name'],
};
