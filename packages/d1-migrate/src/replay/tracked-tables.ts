import type { Schema } from 'd1-core/schema';
import { foldName, sameName, type SyntaxNode } from 'd1-core/sql';
import { copySource, type CopySource } from './copy-source.ts';
import type { MigrationStatement } from './replay-migrations.ts';

/** Where the values of a column were before the migration. */
export interface ColumnOrigin {
  readonly column: string;
  /** Whether an expression made other values of them on the way. */
  readonly derived: boolean;
}

/** The table that holds the rows of an earlier one, however often it was copied and renamed in between. */
export interface Successor {
  /** Its name before the migration, and after it. */
  readonly before: string;
  readonly after: string;
  /** Whether it holds every row. */
  readonly everyRow: boolean;
  /** By folded name of the column before: the name it has now. */
  readonly columns: ReadonlyMap<string, { readonly name: string; readonly derived: boolean }>;
  /** What foreign keys did to its rows when a table that they reference was dropped. */
  readonly actions: readonly ActionLoss[];
}

/** Rows that went with those of another table, or values that did. */
export interface ActionLoss {
  /** By its name before the migration; undefined for whole rows. */
  readonly column: string | undefined;
  readonly what: string;
}

/** A table on its way through the statements of a migration. */
export interface Tracked {
  name: string;
  origin: string | undefined;
  everyRow: boolean;
  /** By folded name. */
  columns: Map<string, ColumnOrigin | undefined>;
  actions: readonly ActionLoss[];
  /** The text of the statement that has put the rows of another table into it. */
  filledBy: string | undefined;
  /** Made by this migration: rows that an INSERT … SELECT puts into it are copies. */
  readonly isNew: boolean;
}

/** The tables of a schema on their way through the statements of a migration: made, copied, renamed, dropped. */
export class TrackedTables {
  readonly #tables = new Map<string, Tracked>();

  constructor(before: Schema) {
    for (const table of before.tables()) {
      if (table.storage === 'shadow') continue;
      this.#tables.set(foldName(table.name), {
        name: table.name,
        origin: table.name,
        everyRow: true,
        columns: new Map(
          table.columns.map(({ name }) => [foldName(name), { column: name, derived: false }] as const),
        ),
        actions: [],
        filledBy: undefined,
        isNew: false,
      });
    }
  }

  get(name: string): Tracked | undefined {
    return this.#tables.get(foldName(name));
  }

  all(): readonly Tracked[] {
    return [...this.#tables.values()];
  }

  create(tree: SyntaxNode, { before: schema, after, text }: MigrationStatement): void {
    const name = tree.tableName?.text ?? '';
    const table = after.table(name);
    if (table === undefined || this.#tables.has(foldName(name))) return;
    const made: Tracked = {
      name: table.name,
      origin: undefined,
      everyRow: true,
      columns: new Map(table.columns.map((column) => [foldName(column.name), undefined])),
      actions: [],
      filledBy: undefined,
      isNew: true,
    };
    this.#tables.set(foldName(name), made);
    if (tree.asSelect !== undefined) made.filledBy = text;
    const source = copySource(tree.asSelect, tree, schema);
    if (source !== undefined)
      this.takeOver(
        made,
        source,
        table.columns.map((column) => column.name),
      );
  }

  /** DROP TABLE deletes the rows first, and foreign keys act on it. */
  drop(tree: SyntaxNode, schema: Schema): void {
    const name = tree.target?.objectName?.text ?? '';
    const table = schema.table(name);
    if (table !== undefined) this.#act(table.name, schema, [table.name]);
    this.#tables.delete(foldName(name));
  }

  #act(parent: string, schema: Schema, path: readonly string[]): void {
    for (const { child, foreignKey } of schema.referencesTo(parent)) {
      const { onDelete, columns } = foreignKey;
      const tracked = this.get(child.name);
      if (tracked === undefined || path.includes(child.name)) continue;
      if (onDelete === 'CASCADE') {
        const what = `rows that went with those of ${parent}: ON DELETE CASCADE`;
        tracked.actions = [...tracked.actions, { column: undefined, what }];
        this.#act(child.name, schema, [...path, child.name]);
      } else if (onDelete === 'SET NULL' || onDelete === 'SET DEFAULT') {
        const what = `values that went with the rows of ${parent}: ON DELETE ${onDelete}`;
        const origins = columns.map((column) => tracked.columns.get(foldName(column))?.column);
        const lost = origins.filter((column) => column !== undefined);
        tracked.actions = [...tracked.actions, ...lost.map((column) => ({ column, what }))];
      }
    }
  }

  alter(tree: SyntaxNode): void {
    const name = tree.target?.objectName?.text ?? '';
    const table = this.get(name);
    if (table === undefined) return;
    const oldName = foldName(tree.oldName?.text ?? '');
    const newName = tree.newName?.text ?? '';
    switch (tree.op) {
      case 'RENAME_TABLE':
        this.#tables.delete(foldName(name));
        this.#tables.set(foldName(newName), table);
        table.name = newName;
        break;
      case 'RENAME_COLUMN': {
        const origin = table.columns.get(oldName);
        table.columns.delete(oldName);
        table.columns.set(foldName(newName), origin);
        break;
      }
      case 'DROP_COLUMN':
        table.columns.delete(oldName);
        break;
      case 'ADD_COLUMN':
        table.columns.set(foldName(tree.columnDef?.columnName?.text ?? ''), undefined);
        break;
      default:
    }
  }

  /** A table gets the rows of another one. */
  takeOver(table: Tracked, source: CopySource, targets: readonly string[]): void {
    const from = this.get(source.table);
    if (from?.origin === undefined || source.columns.length !== targets.length) return;
    table.origin = from.origin;
    table.everyRow = from.everyRow && source.everyRow;
    table.actions = from.actions;
    for (const [index, target] of targets.entries()) {
      const copied = source.columns[index];
      const origin = copied?.from === undefined ? undefined : from.columns.get(foldName(copied.from));
      if (copied === undefined || origin === undefined || !table.columns.has(foldName(target))) continue;
      const { column } = origin;
      table.columns.set(foldName(target), { column, derived: origin.derived || copied.derived });
    }
  }
}

/** Which table has the rows of which in the end. */
export function successorsOf(before: Schema, tables: readonly Tracked[]) {
  const byBefore = new Map<string, Successor>();
  const byAfter = new Map<string, Successor>();
  for (const { name, storage } of before.tables()) {
    if (storage === 'shadow') continue;
    const holders = tables.filter(({ origin }) => origin === name);
    const chosen =
      holders.find((holder) => sameName(holder.name, name)) ??
      holders.find(({ isNew }) => !isNew) ??
      holders.find(({ everyRow }) => everyRow) ??
      holders[0];
    if (chosen === undefined) continue;
    const successor: Successor = {
      before: name,
      after: chosen.name,
      everyRow: chosen.everyRow,
      columns: columnsBefore(chosen),
      actions: chosen.actions,
    };
    byBefore.set(foldName(name), successor);
    byAfter.set(foldName(chosen.name), successor);
  }
  return {
    successorOf: (table: string) => byBefore.get(foldName(table)),
    predecessorOf: (table: string) => byAfter.get(foldName(table)),
  };
}

/** Where a column was copied twice, the copy that was not altered counts. */
function columnsBefore(table: Tracked): Successor['columns'] {
  const columns = new Map<string, { readonly name: string; readonly derived: boolean }>();
  for (const [name, origin] of table.columns) {
    if (origin === undefined) continue;
    const known = columns.get(foldName(origin.column));
    if (known === undefined || (known.derived && !origin.derived))
      columns.set(foldName(origin.column), { name, derived: origin.derived });
  }
  return columns;
}
