import type { CapturedKind } from 'd1-core/migrations';
import type { Schema, Table } from 'd1-core/schema';
import { foldName, isTrivia, sameName, type SyntaxNode, type Tokenize } from 'd1-core/sql';
import { conditionOf, conflictAction } from './clauses.ts';
import { copySource, type CopySource } from './copy-source.ts';
import { type InsertedRow, insertedRows, isModuleCommand } from './inserted-rows.ts';
import type { Capture, MigrationStatement } from './replay-migrations.ts';
import { type TriggerEvent, triggerWrites } from './trigger-writes.ts';

/** Where the values of a column were before the migration. */
export interface ColumnOrigin {
  readonly column: string;
  /** Whether an expression made other values of them on the way. */
  readonly derived: boolean;
}

/** The table that holds the rows of an earlier one, however often it was copied and renamed in between. */
export interface Successor {
  /** Its name before the migration, and behind it. */
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

/** What a migration does to rows that were there before it, and that its inverse cannot know. */
export interface DataChange {
  readonly line: number;
  /** Completes "line 4: …". */
  readonly what: string;
  /** The table whose rows it changes, by its name before the migration, where that is known. */
  readonly table?: string | undefined;
}

/** Where the tables, columns and rows of a schema go in a migration. */
export interface Lineage {
  successorOf(table: string): Successor | undefined;
  /** The table of before that a table of after continues. */
  predecessorOf(table: string): Successor | undefined;
  readonly changes: readonly DataChange[];
  readonly inserted: readonly (InsertedRow & { readonly line: number })[];
  /** What the migration took from tables and kept in others, in the order of its statements. */
  readonly captured: readonly CapturedData[];
  /** Tables, by their names before the migration, in which rows stay that it may have added: INSERT OR IGNORE, triggers. */
  readonly kept: readonly string[];
}

/** Data that a statement took from a table, and that another table keeps. */
export interface CapturedData {
  readonly what: CapturedKind;
  /** As it was named before the migration. */
  readonly table: string;
  readonly undo: string;
  /** The columns of the keeping table, by their names before the migration. */
  readonly columns: readonly { readonly before: string; readonly kept: string }[];
}

/** The column of a keeping table that holds the number of a row, where no column of the table itself does. */
export const UNDO_ROWID = 'undo_rowid';

interface Tracked {
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

/** Follows the tables of a schema through the statements of a migration. */
export function traceLineage(
  before: Schema,
  statements: readonly MigrationStatement[],
  tokenize: Tokenize,
): Lineage {
  const tables = new Map<string, Tracked>();
  for (const table of before.tables()) {
    if (table.storage === 'shadow') continue;
    tables.set(foldName(table.name), {
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
  const changes: DataChange[] = [];
  const inserted: (InsertedRow & { readonly line: number })[] = [];
  const captured: CapturedData[] = [];
  const kept = new Set<string>();

  for (const statement of statements) follow(statement);
  takeRowsOut();
  return { ...successorsOf(before, [...tables.values()]), changes, inserted, captured, kept: [...kept] };

  function follow(statement: MigrationStatement): void {
    const { tree, line } = statement;
    switch (tree?.type) {
      case undefined:
        changes.push({ line, what: 'the statement is not understood' });
        break;
      case 'CreateTableStmt':
      case 'CreateVirtualTableStmt':
        create(tree, statement);
        break;
      case 'DropStmt':
        if (tree.objectType === 'TABLE') drop(tree, statement.before);
        break;
      case 'AlterTableStmt':
        alter(tree);
        break;
      case 'InsertStmt':
        insert(tree, statement);
        fire(tree, statement, 'insert');
        if (tree.upserts.length > 0) fire(tree, statement, 'update');
        break;
      case 'UpdateStmt':
        update(tree, statement);
        fire(tree, statement, 'update');
        break;
      case 'DeleteStmt': {
        const table = written(tree);
        if (table?.origin !== undefined)
          change(
            statement,
            `it deletes rows of ${table.name}`,
            table,
            storedOrigins(table, statement.before),
          );
        fire(tree, statement, 'delete');
        break;
      }
      default:
    }
  }

  function written(tree: SyntaxNode): Tracked | undefined {
    return tables.get(foldName(writtenName(tree)));
  }

  /** What triggers do to rows of before: a view's are all that a statement on it does. */
  function fire(tree: SyntaxNode, { before: schema, line }: MigrationStatement, event: TriggerEvent): void {
    const name = writtenName(tree);
    const isView = schema.view(name) !== undefined;
    for (const write of triggerWrites(schema, name, event, tokenize)) {
      const table = tables.get(foldName(write.table));
      if (table?.origin === undefined || (write.isOwnRow && event === 'insert')) continue;
      if (write.isAdding && !isView) kept.add(table.origin);
      else
        changes.push({
          line,
          what: `the trigger ${write.trigger} changes rows of ${table.name}`,
          table: table.origin,
        });
    }
  }

  /** On the way back the rows that were added are deleted, and triggers see that too. */
  function takeRowsOut(): void {
    const last = statements.at(-1);
    if (last === undefined) return;
    for (const { name, origin } of tables.values()) {
      const own = inserted.find((row) => row.table === origin);
      if (own === undefined) continue;
      for (const write of triggerWrites(last.after, name, 'delete', tokenize)) {
        const table = tables.get(foldName(write.table));
        if (table?.origin === undefined) continue;
        if (write.isAdding) kept.add(table.origin);
        else
          changes.push({
            line: own.line,
            what: `to take its rows out of ${name} again makes the trigger ${write.trigger} change rows of ${table.name}`,
            table: table.origin,
          });
      }
    }
  }

  function create(tree: SyntaxNode, { before: schema, after, text }: MigrationStatement): void {
    const name = tree.tableName?.text ?? '';
    const table = after.table(name);
    if (table === undefined || tables.has(foldName(name))) return;
    const made: Tracked = {
      name: table.name,
      origin: undefined,
      everyRow: true,
      columns: new Map(table.columns.map((column) => [foldName(column.name), undefined])),
      actions: [],
      filledBy: undefined,
      isNew: true,
    };
    tables.set(foldName(name), made);
    if (tree.asSelect !== undefined) made.filledBy = text;
    const source = copySource(tree.asSelect, tree, schema);
    if (source !== undefined)
      takeOver(
        made,
        source,
        table.columns.map((column) => column.name),
      );
  }

  /** DROP TABLE deletes the rows first, and foreign keys act on it. */
  function drop(tree: SyntaxNode, schema: Schema): void {
    const name = tree.target?.objectName?.text ?? '';
    const table = schema.table(name);
    if (table !== undefined) act(table.name, schema, [table.name]);
    tables.delete(foldName(name));
  }

  function act(parent: string, schema: Schema, path: readonly string[]): void {
    for (const { child, foreignKey } of schema.referencesTo(parent)) {
      const { onDelete, columns } = foreignKey;
      const tracked = tables.get(foldName(child.name));
      if (tracked === undefined || path.includes(child.name)) continue;
      if (onDelete === 'CASCADE') {
        const what = `rows that went with those of ${parent}: ON DELETE CASCADE`;
        tracked.actions = [...tracked.actions, { column: undefined, what }];
        act(child.name, schema, [...path, child.name]);
      } else if (onDelete === 'SET NULL' || onDelete === 'SET DEFAULT') {
        const what = `values that went with the rows of ${parent}: ON DELETE ${onDelete}`;
        const origins = columns.map((column) => tracked.columns.get(foldName(column))?.column);
        const lost = origins.filter((column) => column !== undefined);
        tracked.actions = [...tracked.actions, ...lost.map((column) => ({ column, what }))];
      }
    }
  }

  function alter(tree: SyntaxNode): void {
    const name = tree.target?.objectName?.text ?? '';
    const table = tables.get(foldName(name));
    if (table === undefined) return;
    const oldName = foldName(tree.oldName?.text ?? '');
    const newName = tree.newName?.text ?? '';
    switch (tree.op) {
      case 'RENAME_TABLE':
        tables.delete(foldName(name));
        tables.set(foldName(newName), table);
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

  function insert(tree: SyntaxNode, { before: schema, line, text }: MigrationStatement): void {
    const table = written(tree);
    const described = schema.table(table?.name ?? '');
    if (table === undefined || described === undefined || isModuleCommand(tree, described)) return;
    const source = copySource(tree.source, tree, schema);
    if (table.isNew && table.origin === undefined) {
      if (source !== undefined) takeOver(table, source, targetColumns(tree, described));
      table.filledBy = text;
      if (dropsRows(tree, described)) table.everyRow = false;
      return;
    }
    if (table.origin === undefined) return;
    const rows = insertedRows(tree, described, schema, conflictAction(tree, described, tokenize));
    if (rows.outcome === 'known') keep(rows.rows, table, line);
    else if (rows.outcome === 'perhaps') kept.add(table.origin);
    else changes.push({ line, what: `it adds rows to ${table.name}, and ${rows.why}`, table: table.origin });
  }

  /** Whether a copy may leave rows out: those that break a constraint. */
  function dropsRows(tree: SyntaxNode, table: Table): boolean {
    const action = conflictAction(tree, table, tokenize);
    return action === 'IGNORE' || action === 'REPLACE' || tree.upserts.length > 0;
  }

  /** By the names of before, which later statements may change. */
  function keep(rows: readonly InsertedRow[], table: Tracked, line: number): void {
    for (const { key } of rows) {
      const known = key.map(({ column, literal }) => ({
        column: table.columns.get(foldName(column))?.column,
        literal,
      }));
      if (known.every(isKnown)) inserted.push({ table: table.origin ?? table.name, key: known, line });
      else
        changes.push({
          line,
          what: `it adds rows to ${table.name} whose key it makes itself`,
          table: table.origin,
        });
    }
  }

  /** What a statement does to rows of before is known only where the migration keeps it: all of it. */
  function change(
    statement: MigrationStatement,
    what: string,
    { name, origin }: Tracked,
    columns: readonly string[],
  ): void {
    const { line, captured: captures, before: schema } = statement;
    const isOwn = (capture: Capture) => sameName(capture.table, name);
    if (!captures.some(isOwn)) changes.push({ line, what, table: origin });
    for (const capture of captures) {
      const data = capturedData(capture, schema);
      if (data === undefined || (isOwn(capture) && !keepsAll(capture, data, statement, columns)))
        changes.push({ line, what: `${what}, and ${capture.undo} does not keep them`, table: origin });
      else captured.push(data);
    }
  }

  /** Whether a table was filled from the same rows, with each of these columns. */
  function keepsAll(
    { what, undo }: Capture,
    data: CapturedData,
    { text }: MigrationStatement,
    columns: readonly string[],
  ): boolean {
    const kept = tables.get(foldName(undo));
    const isSameCondition =
      kept?.filledBy !== undefined &&
      significantText(conditionOf(kept.filledBy, tokenize)) === significantText(conditionOf(text, tokenize));
    return (
      (isSameCondition || (what === 'values' && kept?.everyRow === true)) &&
      columns.every((column) => data.columns.some(({ before: one }) => sameName(one, column)))
    );
  }

  function significantText(sql: string): string {
    return tokenize(sql)
      .filter((token) => !isTrivia(token))
      .map(({ text }) => text)
      .join(' ');
  }

  function capturedData({ what, table: name, undo }: Capture, schema: Schema): CapturedData | undefined {
    const table = tables.get(foldName(name));
    const keeping = schema.table(undo);
    if (table?.origin === undefined || keeping === undefined || tables.get(foldName(undo))?.isNew !== true)
      return undefined;
    const columns = keeping.columns.flatMap((column) => {
      const origin = table.columns.get(foldName(column.name))?.column;
      const before = column.name === UNDO_ROWID ? UNDO_ROWID : origin;
      return before === undefined ? [] : [{ before, kept: column.name }];
    });
    return { what, table: table.origin, undo: keeping.name, columns };
  }

  function update(tree: SyntaxNode, statement: MigrationStatement): void {
    const table = written(tree);
    if (table?.origin === undefined) return;
    const set = tree.assignments
      .flatMap((clause) => [clause.column?.text, ...clause.columns.map((one) => one.column?.text)])
      .filter((column) => column !== undefined);
    const old = set.filter((column) => table.columns.get(foldName(column)) !== undefined);
    if (old.length > 0)
      change(
        statement,
        `it changes values of ${old.join(', ')} in ${table.name}`,
        table,
        old.flatMap((column) => table.columns.get(foldName(column))?.column ?? []),
      );
    if (tree.conflictAction === 'REPLACE') {
      const what = `rows of ${table.name} that it replaces are gone`;
      changes.push({ line: statement.line, what, table: table.origin });
    }
  }

  function takeOver(table: Tracked, source: CopySource, targets: readonly string[]): void {
    const from = tables.get(foldName(source.table));
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

/** What is stored of a table's rows, by the names of before. */
const storedOrigins = (table: Tracked, schema: Schema): readonly string[] =>
  (schema.table(table.name)?.columns ?? [])
    .filter(({ generated }) => generated === 'no')
    .flatMap(({ name }) => table.columns.get(foldName(name))?.column ?? []);

const writtenName = (tree: SyntaxNode): string => tree.table?.tableName?.text ?? '';

const isKnown = (part: {
  readonly column: string | undefined;
  readonly literal: string;
}): part is InsertedRow['key'][number] => part.column !== undefined;

function targetColumns(tree: SyntaxNode, table: Table): readonly string[] {
  const named = tree.columns.map((column) => column.column?.text ?? '');
  if (named.length > 0) return named;
  return table.columns.filter(({ generated }) => generated === 'no').map(({ name }) => name);
}

function successorsOf(before: Schema, tables: readonly Tracked[]) {
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
