import type { CapturedKind } from 'd1-core/migrations';
import type { Schema, Table } from 'd1-core/schema';
import { foldName, isTrivia, sameName, type SyntaxNode, type Tokenize } from 'd1-core/sql';
import { conditionOf, conflictAction } from './clauses.ts';
import { copySource } from './copy-source.ts';
import { type InsertedRow, insertedRows, isModuleCommand } from './inserted-rows.ts';
import type { Capture, MigrationStatement } from './replay-migrations.ts';
import { successorsOf, type Successor, type Tracked, TrackedTables } from './tracked-tables.ts';
import { type TriggerEvent, triggerWrites } from './trigger-writes.ts';

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

/** Follows the tables of a schema through the statements of a migration. */
export function traceLineage(
  before: Schema,
  statements: readonly MigrationStatement[],
  tokenize: Tokenize,
): Lineage {
  const tables = new TrackedTables(before);
  const { changes, inserted, captured, kept } = new Tracing(tables, statements, tokenize);
  return { ...successorsOf(before, tables.all()), changes, inserted, captured, kept: [...kept] };
}

/** What the statements of a migration do to rows, one after the other. */
class Tracing {
  readonly changes: DataChange[] = [];
  readonly inserted: (InsertedRow & { readonly line: number })[] = [];
  readonly captured: CapturedData[] = [];
  readonly kept = new Set<string>();
  readonly #tables: TrackedTables;
  readonly #statements: readonly MigrationStatement[];
  readonly #tokenize: Tokenize;

  constructor(tables: TrackedTables, statements: readonly MigrationStatement[], tokenize: Tokenize) {
    this.#tables = tables;
    this.#statements = statements;
    this.#tokenize = tokenize;
    for (const statement of statements) this.#follow(statement);
    this.#takeRowsOut();
  }

  #follow(statement: MigrationStatement): void {
    const { tree, line } = statement;
    switch (tree?.type) {
      case undefined:
        this.changes.push({ line, what: 'the statement is not understood' });
        break;
      case 'CreateTableStmt':
      case 'CreateVirtualTableStmt':
        this.#tables.create(tree, statement);
        break;
      case 'DropStmt':
        if (tree.objectType === 'TABLE') this.#tables.drop(tree, statement.before);
        break;
      case 'AlterTableStmt':
        this.#tables.alter(tree);
        break;
      case 'InsertStmt':
        this.#insert(tree, statement);
        this.#fire(tree, statement, 'insert');
        if (tree.upserts.length > 0) this.#fire(tree, statement, 'update');
        break;
      case 'UpdateStmt':
        this.#update(tree, statement);
        this.#fire(tree, statement, 'update');
        break;
      case 'DeleteStmt': {
        const table = this.#written(tree);
        if (table?.origin !== undefined)
          this.#change(
            statement,
            `it deletes rows of ${table.name}`,
            table,
            storedOrigins(table, statement.before),
          );
        this.#fire(tree, statement, 'delete');
        break;
      }
      default:
    }
  }

  #written(tree: SyntaxNode): Tracked | undefined {
    return this.#tables.get(writtenName(tree));
  }

  /** What triggers do to rows of before: a view's are all that a statement on it does. */
  #fire(tree: SyntaxNode, { before: schema, line }: MigrationStatement, event: TriggerEvent): void {
    const name = writtenName(tree);
    const isView = schema.view(name) !== undefined;
    for (const write of triggerWrites(schema, name, event, this.#tokenize)) {
      const table = this.#tables.get(write.table);
      if (table?.origin === undefined || (write.isOwnRow && event === 'insert')) continue;
      if (write.isAdding && !isView) this.kept.add(table.origin);
      else
        this.changes.push({
          line,
          what: `the trigger ${write.trigger} changes rows of ${table.name}`,
          table: table.origin,
        });
    }
  }

  /** On the way back the rows that were added are deleted, and triggers see that too. */
  #takeRowsOut(): void {
    const last = this.#statements.at(-1);
    if (last === undefined) return;
    for (const { name, origin } of this.#tables.all()) {
      const own = this.inserted.find((row) => row.table === origin);
      if (own === undefined) continue;
      for (const write of triggerWrites(last.after, name, 'delete', this.#tokenize)) {
        const table = this.#tables.get(write.table);
        if (table?.origin === undefined) continue;
        if (write.isAdding) this.kept.add(table.origin);
        else
          this.changes.push({
            line: own.line,
            what: `to take its rows out of ${name} again makes the trigger ${write.trigger} change rows of ${table.name}`,
            table: table.origin,
          });
      }
    }
  }

  #insert(tree: SyntaxNode, { before: schema, line, text }: MigrationStatement): void {
    const table = this.#written(tree);
    const described = schema.table(table?.name ?? '');
    if (table === undefined || described === undefined || isModuleCommand(tree, described)) return;
    const source = copySource(tree.source, tree, schema);
    if (table.isNew && table.origin === undefined) {
      if (source !== undefined) this.#tables.takeOver(table, source, targetColumns(tree, described));
      table.filledBy = text;
      if (this.#dropsRows(tree, described)) table.everyRow = false;
      return;
    }
    if (table.origin === undefined) return;
    const rows = insertedRows(tree, described, schema, conflictAction(tree, described, this.#tokenize));
    if (rows.outcome === 'known') this.#keep(rows.rows, table, line);
    else if (rows.outcome === 'perhaps') this.kept.add(table.origin);
    else
      this.changes.push({
        line,
        what: `it adds rows to ${table.name}, and ${rows.why}`,
        table: table.origin,
      });
  }

  /** Whether a copy may leave rows out: those that break a constraint. */
  #dropsRows(tree: SyntaxNode, table: Table): boolean {
    const action = conflictAction(tree, table, this.#tokenize);
    return action === 'IGNORE' || action === 'REPLACE' || tree.upserts.length > 0;
  }

  /** By the names of before, which later statements may change. */
  #keep(rows: readonly InsertedRow[], table: Tracked, line: number): void {
    for (const { key } of rows) {
      const known = key.map(({ column, literal }) => ({
        column: table.columns.get(foldName(column))?.column,
        literal,
      }));
      if (known.every(isKnown)) this.inserted.push({ table: table.origin ?? table.name, key: known, line });
      else
        this.changes.push({
          line,
          what: `it adds rows to ${table.name} whose key it makes itself`,
          table: table.origin,
        });
    }
  }

  /** What a statement does to rows of before is known only where the migration keeps it: all of it. */
  #change(
    statement: MigrationStatement,
    what: string,
    { name, origin }: Tracked,
    columns: readonly string[],
  ): void {
    const { line, captured: captures, before: schema } = statement;
    const isOwn = (capture: Capture) => sameName(capture.table, name);
    if (!captures.some(isOwn)) this.changes.push({ line, what, table: origin });
    for (const capture of captures) {
      const data = this.#capturedData(capture, schema);
      if (data === undefined || (isOwn(capture) && !this.#keepsAll(capture, data, statement, columns)))
        this.changes.push({ line, what: `${what}, and ${capture.undo} does not keep them`, table: origin });
      else this.captured.push(data);
    }
  }

  /** Whether a table was filled from the same rows, with each of these columns. */
  #keepsAll(
    { what, undo }: Capture,
    data: CapturedData,
    { text }: MigrationStatement,
    columns: readonly string[],
  ): boolean {
    const kept = this.#tables.get(undo);
    const isSameCondition =
      kept?.filledBy !== undefined &&
      this.#significantText(conditionOf(kept.filledBy, this.#tokenize)) ===
        this.#significantText(conditionOf(text, this.#tokenize));
    return (
      (isSameCondition || (what === 'values' && kept?.everyRow === true)) &&
      columns.every((column) => data.columns.some(({ before: one }) => sameName(one, column)))
    );
  }

  #significantText(sql: string): string {
    return this.#tokenize(sql)
      .filter((token) => !isTrivia(token))
      .map(({ text }) => text)
      .join(' ');
  }

  #capturedData({ what, table: name, undo }: Capture, schema: Schema): CapturedData | undefined {
    const table = this.#tables.get(name);
    const keeping = schema.table(undo);
    if (table?.origin === undefined || keeping === undefined || this.#tables.get(undo)?.isNew !== true)
      return undefined;
    const columns = keeping.columns.flatMap((column) => {
      const origin = table.columns.get(foldName(column.name))?.column;
      const before = column.name === UNDO_ROWID ? UNDO_ROWID : origin;
      return before === undefined ? [] : [{ before, kept: column.name }];
    });
    return { what, table: table.origin, undo: keeping.name, columns };
  }

  #update(tree: SyntaxNode, statement: MigrationStatement): void {
    const table = this.#written(tree);
    if (table?.origin === undefined) return;
    const set = tree.assignments
      .flatMap((clause) => [clause.column?.text, ...clause.columns.map((one) => one.column?.text)])
      .filter((column) => column !== undefined);
    const old = set.filter((column) => table.columns.get(foldName(column)) !== undefined);
    if (old.length > 0)
      this.#change(
        statement,
        `it changes values of ${old.join(', ')} in ${table.name}`,
        table,
        old.flatMap((column) => table.columns.get(foldName(column))?.column ?? []),
      );
    if (tree.conflictAction === 'REPLACE') {
      const what = `rows of ${table.name} that it replaces are gone`;
      this.changes.push({ line: statement.line, what, table: table.origin });
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
