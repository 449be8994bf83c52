import { foldName, identifier, type Tokenize } from '../sql/index.ts';
import { isSameSql } from './canonical-sql.ts';
import type { Column, ForeignKey, Schema, SchemaObject, Table } from './model.ts';

/** How one object differs between two schemas. */
export interface SchemaChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: SchemaObject['kind'];
  readonly name: string;
  /** Of a changed table, what differs in words, such as `column mail removed`; `definition` where nothing finer is known. */
  readonly details: readonly string[];
}

/**
 * What differs between two schemas, object by object: what went first, then what came or changed. Formatting makes no
 * difference, nor does the order in which objects were made.
 */
export function diffSchemas(before: Schema, after: Schema, tokenize: Tokenize): readonly SchemaChange[] {
  const old = byName(before);
  const now = byName(after);
  const removed = [...old].filter(([key]) => !now.has(key)).map(([, object]) => changeOf('removed', object));
  const others = [...now].flatMap(([key, object]) => {
    const was = old.get(key);
    if (was === undefined) return [changeOf('added', object)];
    return isSameSql(was.sql ?? '', object.sql ?? '', tokenize, after)
      ? []
      : [changeOf('changed', object, detailsOf(was, object))];
  });
  return [...removed, ...others];
}

/** One line for each change: `+ index idx_a`, `- view v`, `~ table t: column mail added`. */
export const describeSchemaChanges = (changes: readonly SchemaChange[]): readonly string[] =>
  changes.map(({ change, kind, name, details }) => {
    const what = details.length === 0 ? '' : `: ${details.join(', ')}`;
    return `${SIGNS[change]} ${kind} ${identifier(name)}${what}`;
  });

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

const changeOf = (
  change: SchemaChange['change'],
  { kind, name }: SchemaObject,
  details: readonly string[] = [],
): SchemaChange => ({ change, kind, name, details });

/** Without what belongs to another object: the indexes of constraints, and what virtual tables are kept in. */
const byName = (schema: Schema): ReadonlyMap<string, SchemaObject> =>
  new Map(
    schema
      .objects()
      .filter(({ sql }) => sql !== undefined)
      .filter((object) => object.kind !== 'table' || object.storage !== 'shadow')
      .map((object) => [`${object.kind} ${foldName(object.name)}`, object]),
  );

function detailsOf(was: SchemaObject, object: SchemaObject): readonly string[] {
  const details = was.kind === 'table' && object.kind === 'table' ? tableDetails(was, object) : [];
  return details.length > 0 ? details : ['definition'];
}

/**
 * How a table differs from what it was, in words. Renamed columns are known only where they are given: the new name by the
 * folded old one.
 */
export function tableDetails(
  was: Table,
  table: Table,
  renamed: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  const nameNow = (column: Column) => foldName(renamed.get(foldName(column.name)) ?? column.name);
  const columns = new Map(table.columns.map((column) => [foldName(column.name), column]));
  const before = new Map(was.columns.map((column) => [nameNow(column), column]));
  const name = (column: Column) => `column ${identifier(column.name)}`;
  const order = (one: Table, others: ReadonlyMap<string, unknown>) =>
    one.columns
      .map((column) => (one === was ? nameNow(column) : foldName(column.name)))
      .filter((key) => others.has(key))
      .join();
  return [
    ...was.columns.filter((column) => !columns.has(nameNow(column))).map((one) => `${name(one)} removed`),
    ...table.columns.flatMap((column) => {
      const old = before.get(foldName(column.name));
      if (old === undefined) return [`${name(column)} added`];
      const isRenamed = foldName(old.name) !== foldName(column.name);
      const renaming = isRenamed ? [`renamed from ${identifier(old.name)}`] : [];
      const parts = [...renaming, ...columnDetails(old, column)];
      return parts.length === 0 ? [] : [`${name(column)} ${parts.join(' and ')}`];
    }),
    ...(order(was, columns) === order(table, before) ? [] : ['order of the columns']),
    ...keyDetails(was.foreignKeys, table.foreignKeys),
    ...(was.strict === table.strict ? [] : [table.strict ? 'STRICT' : 'not STRICT']),
    ...(was.withoutRowid === table.withoutRowid ? [] : [table.withoutRowid ? 'WITHOUT ROWID' : 'with ROWID']),
  ];
}

function columnDetails(was: Column, column: Column): readonly string[] {
  return [
    ...(was.type.toUpperCase() === column.type.toUpperCase()
      ? []
      : [`${was.type || 'no type'} → ${column.type || 'no type'}`]),
    ...(was.notNull === column.notNull ? [] : [column.notNull ? 'NOT NULL' : 'without NOT NULL']),
    ...(was.defaultValue === column.defaultValue
      ? []
      : [column.defaultValue === undefined ? 'without DEFAULT' : `DEFAULT ${column.defaultValue}`]),
    ...(was.primaryKey === column.primaryKey ? [] : ['another place in the primary key']),
    ...(was.generated === column.generated
      ? []
      : [column.generated === 'no' ? 'not generated' : 'generated']),
  ];
}

function keyDetails(was: readonly ForeignKey[], keys: readonly ForeignKey[]): readonly string[] {
  const text = ({ columns, parent, parentColumns, onDelete, onUpdate }: ForeignKey) =>
    `foreign key (${columns.join(', ')}) to ${parent}${parentColumns === undefined ? '' : ` (${parentColumns.join(', ')})`}` +
    `${onDelete === 'NO ACTION' ? '' : ` ON DELETE ${onDelete}`}${onUpdate === 'NO ACTION' ? '' : ` ON UPDATE ${onUpdate}`}`;
  const before = new Set(was.map(text));
  const now = new Set(keys.map(text));
  return [
    ...[...before].filter((key) => !now.has(key)).map((key) => `${key} removed`),
    ...[...now].filter((key) => !before.has(key)).map((key) => `${key} added`),
  ];
}
