import { D1Error } from 'd1-core/errors';

export const COLUMN_TYPES = ['TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB'] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Reads `name` or `name:TYPE`. A column without a type gets the default one. */
export function parseColumn(text: string, defaultType: ColumnType): Column {
  const [name = '', written, ...rest] = text.split(':').map((part) => part.trim());
  const type =
    written === undefined ? defaultType : COLUMN_TYPES.find((known) => known === written.toUpperCase());
  if (name !== '' && type !== undefined && rest.length === 0) return { name, type };
  throw new D1Error({
    code: 'invalid-column',
    message: `${JSON.stringify(text)} does not describe a column.`,
    fix: `Write name or name:TYPE, for example --columns=title,size:INTEGER. Types: ${COLUMN_TYPES.join(', ')}.`,
    exitCode: 2,
  });
}

/** A value to start from, as SQL. */
export const exampleValue = ({ name, type }: Column): string =>
  ({
    TEXT: `'Example ${name.replaceAll("'", "''")}'`,
    INTEGER: '1',
    REAL: '1.0',
    NUMERIC: '1',
    BLOB: "x'00'",
  })[type];
