import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../errors/index.ts';
import { foldName, identifier, significantTokens, type Statement, type SyntaxNode } from '../sql/index.ts';
import type { Schema, Trigger, View } from './model.ts';
import {
  type CatalogEntry,
  createObjects,
  followCatalog,
  type CatalogChange,
  objectEntries,
} from './read-schema.ts';
import { openMemoryDatabase, runs } from './sqlite.ts';
import { SchemaTimeline } from './timeline.ts';

/** What came of a statement. */
export type ReplayOutcome =
  | {
      readonly outcome: 'done';
      /** How many instructions it compiles to, as EXPLAIN counts them. Only of long statements that read or write rows. */
      readonly instructions?: number | undefined;
      /** Whether a trigger or a foreign key may act on it. Only of statements that write rows. */
      readonly fires?: boolean | undefined;
    }
  /** It was not tried, and cannot have changed the schema: a PRAGMA, a transaction, an ATTACH. */
  | { readonly outcome: 'skipped' }
  /** The message is SQLite's own. */
  | { readonly outcome: 'failed'; readonly message: string };

export interface ReplayStatement {
  readonly text: string;
  readonly statement: Statement;
  /** Undefined where the parser did not take it. */
  readonly tree: SyntaxNode | undefined;
}

/** A database that exists only to know the schema after each statement. It holds no rows. */
export interface Replay {
  /** Statements that define something are run, those that read or write rows are only compiled. */
  run(statement: ReplayStatement): ReplayOutcome;
  /** Ends a file: where one of its statements failed, D1 rolls back all of it, and the replay does the same. */
  endFile(): void;
  /** The schema now; it stays what it is when more statements run. */
  schema(): Schema;
  /** Whether an object of that name was ever there, if only in a file that was rolled back. */
  everHad(name: string): boolean;
  /**
   * Why a view cannot be read, or what a trigger hangs on not be written, in SQLite's own words; undefined when it can. Nothing is
   * run: it is only compiled.
   */
  fault(object: View | Trigger): string | undefined;
  close(): void;
}

export interface ReplayOptions {
  /** Wrangler makes it before the first migration. It is there, but not in the schema. */
  readonly migrationsTable?: string | undefined;
  /** What is there before the first statement. Nothing by default. */
  readonly catalog?: readonly CatalogEntry[] | undefined;
}

/** Starts with an empty schema, or with that of a catalogue. Costs some milliseconds, and about 0.1 ms a statement. */
export async function openReplay({
  migrationsTable = 'd1_migrations',
  catalog: entries = [],
}: ReplayOptions = {}): Promise<Replay> {
  const database = await openMemoryDatabase();
  const quoted = `"${migrationsTable.replaceAll('"', '""')}"`;
  database.exec(
    `CREATE TABLE ${quoted}(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
  );
  createObjects(database, entries);
  // One transaction for all: a commit for each statement takes as long as the statement.
  database.exec('BEGIN; SAVEPOINT file');
  const timeline = new SchemaTimeline();
  const hidden = new Set([foldName(migrationsTable), 'sqlite_sequence']);
  const catalog = followCatalog(database, timeline, hidden);
  catalog.follow('created');
  let hasFailed = false;

  const takeBack = () => {
    database.exec('ROLLBACK TO file');
    catalog.follow('altered');
  };
  return {
    run(statement) {
      const plan = planOf(statement);
      if (plan === 'skip') return { outcome: 'skipped' };
      try {
        if (plan === 'compile') {
          return { outcome: 'done', ...compile(database, statement) };
        } else {
          database.exec(runnableText(statement));
          if (plan !== 'run') catalog.follow(plan, alteredTable(statement));
        }
        return { outcome: 'done' };
      } catch (error) {
        hasFailed = true;
        return { outcome: 'failed', message: messageOf(error) };
      }
    },
    endFile() {
      if (hasFailed) takeBack();
      database.exec('RELEASE file; SAVEPOINT file');
      hasFailed = false;
    },
    schema: () => timeline.now(),
    everHad: (name) => timeline.everHad(name),
    fault(object) {
      try {
        for (const sql of usesOf(object, timeline.now())) database.prepare(sql);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
    close: () => close(database),
  };
}

/** Statements that compile a view, or a trigger with what fires it. */
function usesOf(object: View | Trigger, schema: Schema): readonly string[] {
  if (object.kind === 'view') return [`SELECT 1 FROM ${identifier(object.name)}`];
  const target = identifier(object.table);
  const columns = (schema.table(object.table)?.columns ?? []).filter(({ generated }) => generated === 'no');
  const assigned = columns.map(({ name }) => `${identifier(name)} = NULL`).join(', ');
  const isTable = columns.length > 0;
  // What fires the triggers of a view depends on them: those of a table can be asked with every kind of change.
  return isTable
    ? [`INSERT INTO ${target} DEFAULT VALUES`, `DELETE FROM ${target}`, `UPDATE ${target} SET ${assigned}`]
    : [];
}

type Plan = CatalogChange | 'run' | 'compile' | 'skip';

const PLANS: Readonly<Record<string, Plan>> = {
  CREATE: 'created',
  DROP: 'dropped',
  ALTER: 'altered',
  ANALYZE: 'run',
  REINDEX: 'run',
  SELECT: 'compile',
  VALUES: 'compile',
  WITH: 'compile',
  INSERT: 'compile',
  REPLACE: 'compile',
  UPDATE: 'compile',
  DELETE: 'compile',
  EXPLAIN: 'compile',
};

/** Compiling costs memory in proportion, and what is longer than this D1 refuses anyway. */
const MAX_COMPILED = 200_000;

/** A shorter statement compiles to no more than some thousand instructions. */
const MIN_COUNTED = 8_000;

/** SQLite keeps what triggers and foreign keys do as programs of their own: https://sqlite.org/opcode.html#Program */
function compile(
  database: DatabaseSync,
  source: ReplayStatement,
): { readonly instructions?: number; readonly fires?: boolean } {
  const { tree } = source;
  const text = compilableText(source);
  const isLong = textOf(source).length >= MIN_COUNTED;
  const isWriting =
    tree?.is('InsertStmt') === true || tree?.is('UpdateStmt') === true || tree?.is('DeleteStmt') === true;
  if (/^explain\b/i.test(text) || (!isLong && !isWriting)) {
    database.prepare(text);
    return {};
  }
  const program = database.prepare(`EXPLAIN ${text}`).all();
  return {
    ...(isLong ? { instructions: program.length } : {}),
    ...(isWriting ? { fires: program.some(({ opcode }) => opcode === 'Program') } : {}),
  };
}

/** By the first word: a statement that the parser refused is tried too. */
function planOf({ statement, tree }: ReplayStatement): Plan {
  const [first, second] = significantTokens(statement.tokens.slice(0, 20));
  const plan = PLANS[first?.text.toUpperCase() ?? ''];
  if (plan === 'compile') return statement.end - statement.start > MAX_COMPILED ? 'skip' : 'compile';
  // What the grammar does not know is for a newer SQLite than D1 lets be used: it runs in Node's, and nowhere else.
  if (plan === 'altered' && tree === undefined) return 'skip';
  if (plan === 'altered' && tree?.op === 'ADD_COLUMN') return 'column-added';
  if (plan !== undefined) return plan;
  // It changes what ALTER TABLE … RENAME does to views and triggers.
  return second?.text.toLowerCase() === 'legacy_alter_table' ? 'run' : 'skip';
}

const alteredTable = ({ tree }: ReplayStatement): string => tree?.target?.objectName?.text ?? '';

const textOf = ({ text, statement }: ReplayStatement): string => text.slice(statement.start, statement.end);

/** CREATE TABLE … AS runs its SELECT, which may be endless. The columns are the same without a row. */
function runnableText(source: ReplayStatement): string {
  const text = textOf(source);
  if (source.tree?.asSelect === undefined) return text;
  const { start, tokens } = source.statement;
  const as = significantTokens(tokens).find((token) => token.text.toUpperCase() === 'AS');
  if (as === undefined) return text;
  return `${text.slice(0, as.end - start)} SELECT * FROM (${text.slice(as.end - start)}\n) LIMIT 0`;
}

/** D1 knows LIMIT in UPDATE and DELETE, and Node's SQLite is built without it: there ORDER BY and LIMIT are left out. */
export function compilableText(source: ReplayStatement): string {
  const text = textOf(source);
  const { statement, tree } = source;
  const isLimited = tree?.is('DeleteStmt') === true || tree?.is('UpdateStmt') === true;
  if (!isLimited || (tree.limit ?? tree.orderBy) === undefined) return text;
  let depth = 0;
  const end = statement.tokens.find((token) => {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    return depth === 0 && /^(order|limit)$/i.test(token.text);
  });
  return end === undefined ? text : text.slice(0, end.start - statement.start);
}

function close(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}

/** A schema in memory on which statements are tried. It holds no rows. */
export interface SchemaWorkbench {
  schema(): Schema;
  /** Throws SQLite's own error when a statement fails; what ran before it stays. */
  run(sql: string): void;
  /** Runs all of them, or leaves the schema as it was: when one fails, or when `accept` says no to the result. */
  attempt(statements: readonly string[], accept?: (schema: Schema) => boolean): boolean;
  close(): void;
}

/** Makes the objects of a schema in an empty database. Costs about a millisecond, and 0.1 ms an object. */
export async function openWorkbench(schema: Schema): Promise<SchemaWorkbench> {
  const database = await openMemoryDatabase();
  createObjects(database, objectEntries(schema));
  const timeline = new SchemaTimeline();
  const catalog = followCatalog(database, timeline, new Set(['sqlite_sequence']));
  catalog.follow('created');
  let now = timeline.now();
  const follow = () => {
    catalog.follow('altered');
    now = timeline.now();
  };
  return {
    schema: () => now,
    run(sql) {
      database.exec(sql);
      follow();
    },
    attempt(statements, accept = () => true) {
      database.exec('SAVEPOINT attempt');
      const ran = statements.every((sql) => runs(() => database.exec(sql)));
      follow();
      const accepted = ran && accept(now);
      if (!accepted) database.exec('ROLLBACK TO attempt');
      database.exec('RELEASE attempt');
      if (!accepted) follow();
      return accepted;
    },
    close: () => database.close(),
  };
}
