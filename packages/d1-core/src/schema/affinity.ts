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
