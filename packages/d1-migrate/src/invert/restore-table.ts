import {
  closureRebuild,
  parseColumnDefinition,
  parseTableDefinition,
  partOfColumn,
  printColumnDefinition,
  printTableDefinition,
  renameTableDefinition,
} from 'd1-core/rebuild';
import {
  affinityOf,
  type Column,
  columnOf,
  EMPTY_VALUE,
  type Schema,
  type SchemaObject,
  type SchemaWorkbench,
  type Table,
} from 'd1-core/schema';
import { foldName, identifier, identifiers, isTrivia, sameName, type Tokenize } from 'd1-core/sql';
import type { Lineage } from '../replay/index.ts';

export interface InverseRequest {
  readonly before: Schema;
  readonly after: Schema;
  readonly lineage: Lineage;
  readonly tokenize: Tokenize;
}

/** What the steps work with: the schema as the statements so far make it, and the statements. */
export interface InverseWork extends InverseRequest {
  readonly bench: SchemaWorkbench;
  readonly statements: string[];
  /** Runs a statement, and keeps it. */
  run(sql: string): void;
  isSame(a: SchemaObject | undefined, b: SchemaObject | undefined): boolean;
}

/** Turns a table, which has its old name already, into what it was: by ALTER TABLE where that gives the same, or by a rebuild. */
export function restoreTable(work: InverseWork, table: Table): void {
  const { bench, isSame, statements } = work;
  const isRestored = () => isSame(bench.schema().table(table.name), table);
  if (isRestored()) return;
  const renames = columnRenames(work, table);
  const alterations = [...dropColumns(work, table), ...renames, ...addColumns(work, table)];
  if (bench.attempt(alterations, (schema) => isSame(schema.table(table.name), table))) {
    statements.push(...alterations);
    return;
  }
  // References to a column follow its new name; after the rebuild they would point to nothing.
  const isRenamed = bench.attempt(renames);
  if (isRenamed) statements.push(...renames);
  rebuild(work, table, isRenamed);
}

function columnRenames({ lineage }: InverseWork, table: Table): readonly string[] {
  const successor = lineage.successorOf(table.name);
  return table.columns.flatMap(({ name }) => {
    const now = successor?.columns.get(foldName(name));
    if (now === undefined || sameName(now.name, name)) return [];
    return `ALTER TABLE ${identifier(table.name)} RENAME COLUMN ${identifier(now.name)} TO ${identifier(name)}`;
  });
}

function dropColumns({ bench, lineage }: InverseWork, table: Table): readonly string[] {
  const held = new Set(
    [...(lineage.successorOf(table.name)?.columns.values() ?? [])].map(({ name }) => foldName(name)),
  );
  return (bench.schema().table(table.name)?.columns ?? [])
    .filter(({ name }) => !held.has(foldName(name)))
    .map(({ name }) => `ALTER TABLE ${identifier(table.name)} DROP COLUMN ${identifier(name)}`);
}

function addColumns({ before, lineage, tokenize }: InverseWork, table: Table): readonly string[] {
  const successor = lineage.successorOf(table.name);
  const definition = parseTableDefinition(table.sql, tokenize);
  return table.columns
    .filter(({ name }) => successor?.columns.get(foldName(name)) === undefined)
    .map(({ name, ...column }) => {
      const part = definition && partOfColumn(definition, name);
      return part !== undefined && isAddable({ name, ...column }, table, before, tokenize)
        ? `ALTER TABLE ${identifier(table.name)} ADD COLUMN ${printColumnDefinition(parseColumnDefinition(part.text, tokenize))}`
        : 'SELECT cannot_be_added()';
    });
}

function rebuild({ bench, lineage, tokenize, run }: InverseWork, table: Table, isRenamed: boolean): void {
  const now = bench.schema().table(table.name);
  const successor = lineage.successorOf(table.name);
  if (now === undefined || successor === undefined || table.storage !== 'ordinary') {
    throw new Error(`the ${table.storage} table ${table.name} cannot be changed back`);
  }
  const definition = parseTableDefinition(table.sql, tokenize);
  if (definition === undefined) throw new Error(`the statement of ${table.name} is not understood`);
  const newName = `new_${table.name}`;
  const targets: string[] = [];
  const sources: string[] = [];
  for (const column of table.columns) {
    if (column.generated !== 'no') continue;
    const held = successor.columns.get(foldName(column.name));
    const source =
      held === undefined ? fill(column) : isRenamed ? column.name : columnOf(now, held.name)?.name;
    if (source === undefined) continue;
    targets.push(column.name);
    sources.push(held === undefined ? source : identifier(source));
  }
  const statements = closureRebuild({
    schema: bench.schema(),
    table: now,
    newName,
    create: printTableDefinition(renameTableDefinition(definition, newName, tokenize)),
    copies: [
      `INSERT INTO ${identifier(newName)} (${identifiers(targets)}) SELECT ${sources.join(', ')} FROM ${identifier(table.name)}`,
    ],
    tokenize,
  });
  if (statements === undefined)
    throw new Error(`${table.name} and the tables that reference it RESTRICT each other in a circle`);
  for (const sql of statements) run(sql);
}

/** What stands in a column that is rebuilt and takes no NULL; undefined leaves it to its DEFAULT. */
function fill({ notNull, defaultValue, type, primaryKey }: Column): string | undefined {
  if (!notNull || defaultValue !== undefined || primaryKey > 0) return undefined;
  return EMPTY_VALUE[affinityOf(type)];
}

/** Whether ALTER TABLE can add a column to a table that has rows: four kinds it adds to an empty table alone. */
function isAddable(column: Column, table: Table, schema: Schema, tokenize: Tokenize): boolean {
  const { name, defaultValue, notNull, primaryKey, generated } = column;
  const isUnique = schema
    .indexesOf(table.name)
    .some(({ origin, columns }) => origin !== 'created' && columns.some((one) => sameName(one ?? '', name)));
  const isReference = table.foreignKeys.some(({ columns }) => columns.some((one) => sameName(one, name)));
  const isFilled = defaultValue !== undefined && !/^null$/i.test(defaultValue);
  if (primaryKey > 0 || isUnique || generated === 'stored') return false;
  if (notNull && !isFilled && generated === 'no') return false;
  if (isReference && isFilled) return false;
  return defaultValue === undefined || isConstant(defaultValue, tokenize);
}

function isConstant(expression: string, tokenize: Tokenize): boolean {
  const [first, second, third] = tokenize(expression).filter((token) => !isTrivia(token));
  const value = first?.text === '-' || first?.text === '+' ? second : first;
  if ((value === first ? second : third) !== undefined) return false;
  return value !== undefined && !/^(current_date|current_time|current_timestamp)$/i.test(value.text);
}
