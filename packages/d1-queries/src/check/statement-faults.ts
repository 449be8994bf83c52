import { nearest } from 'd1-core/errors';
import { foldName, sameName, unquote } from 'd1-core/sql';
import type { Rename, SchemaStep } from './schema-steps.ts';
import type { QueryStatement, Shadow } from './shadow.ts';

/** What is wrong with a statement. */
export interface Fault {
  readonly code: 'does-not-compile' | 'text-in-double-quotes' | 'missing-column';
  readonly message: string;
  readonly help: string | undefined;
  /** UTF-16 offset into the query. */
  readonly at: number;
  /** The migration from which on it fails. */
  readonly since: string | undefined;
  /** It fails for its form, not for a name: as one of several forms it may never be made. */
  readonly isSyntax: boolean;
}

/** Compiles a statement on the newest schema; where it fails, looks since when and why. */
export async function faultOf(
  statement: QueryStatement,
  steps: readonly SchemaStep[],
): Promise<Fault | undefined> {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const shadow = await last.shadow();
  const fault = problemOn(statement, shadow);
  if (fault === undefined) return undefined;
  const since = fault.isSyntax ? undefined : await sinceWhen(statement, steps);
  const help =
    since === undefined ? fault.help : (renamedTo(fault.name, statement, steps, since.index) ?? fault.help);
  return { ...fault, help, since: since?.name };
}

interface Problem extends Omit<Fault, 'since'> {
  /** The name that is not there. */
  readonly name: string | undefined;
}

/** What is wrong with a statement on one schema; undefined where it is right. */
export function problemOn(statement: QueryStatement, shadow: Shadow): Problem | undefined {
  const message = shadow.compile(statement);
  if (message !== undefined) return compileProblem(statement, message, shadow);
  const text = shadow.quotedText(statement);
  if (text !== undefined) {
    return {
      code: 'text-in-double-quotes',
      message: `"${text}" is not a column, so D1 takes it for the text '${text}'`,
      help: `For a text, write '${text}'. For a column, correct its name${meant(text, shadow, statement)}.`,
      at: offsetOf(text, statement),
      isSyntax: false,
      name: text,
    };
  }
  return leftOut(statement, shadow);
}

function compileProblem(statement: QueryStatement, message: string, shadow: Shadow): Problem {
  const name =
    /(?:no such (?:column|table|function|index|view|trigger): |has no column named |near )"?([^":]+)"?/.exec(
      message,
    )?.[1];
  const isSyntax = /syntax error|incomplete input|unrecognized token/.test(message);
  const own = lastPart(name ?? '');
  const isWritten = name !== undefined && statement.tokens.some(({ text }) => sameName(unquote(text), own));
  const view = isSyntax || isWritten ? undefined : brokenView(message, shadow);
  return {
    code: 'does-not-compile',
    message: view === undefined ? message : `the view ${view} does not work: ${message}`,
    help: isSyntax || view !== undefined ? undefined : suggestion(own, shadow, statement),
    at: statement.syntaxErrorAt ?? (isWritten ? offsetOf(own, statement) : statement.statement.start),
    isSyntax,
    name: own,
  };
}

const lastPart = (name: string): string => unquote(name.split('.').at(-1) ?? name);

/** The view that gives the same error by itself. */
function brokenView(message: string, { schema, database }: Shadow): string | undefined {
  const views = schema.objects().filter(({ kind }) => kind === 'view');
  return views.find(({ name }) => {
    try {
      database.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`);
      return false;
    } catch (error) {
      return typeof error === 'object' && error !== null && 'message' in error && error.message === message;
    }
  })?.name;
}

function offsetOf(name: string, { tokens, statement }: QueryStatement): number {
  const found = tokens.find(({ text }) => sameName(unquote(text), name));
  return found?.start ?? statement.start;
}

function suggestion(name: string, shadow: Shadow, statement: QueryStatement): string | undefined {
  const found = meantName(name, shadow, statement);
  return found === undefined ? undefined : `Did you mean ${found}?`;
}

function meant(name: string, shadow: Shadow, statement: QueryStatement): string {
  const found = meantName(name, shadow, statement);
  return found === undefined ? '' : `; did you mean ${found}?`;
}

function meantName(name: string, { schema }: Shadow, { tokens }: QueryStatement): string | undefined {
  const words = new Set(tokens.map(({ text }) => foldName(unquote(text))));
  const tables = schema.tables();
  const columns = tables
    .filter((table) => words.has(foldName(table.name)))
    .flatMap((table) => table.columns.map((one) => one.name));
  return nearest(name, [...columns, ...tables.map((table) => table.name)]);
}

/** An INSERT that can never work, as a column that it leaves out may not be empty. */
function leftOut({ tree, statement }: QueryStatement, { schema }: Shadow): Problem | undefined {
  const insert = tree?.is('InsertStmt') === true ? tree : undefined;
  const reference = insert?.table;
  const table = schema.table(reference?.tableName?.text ?? '');
  if (insert === undefined || table === undefined || table.storage !== 'ordinary') return undefined;
  const isDefaultValues = insert.source === undefined;
  const named = insert.columns.map((column) => column.column?.text ?? '');
  if (named.length === 0 && !isDefaultValues) return undefined;
  const missing = table.columns.filter(
    (column) =>
      column.notNull &&
      column.defaultValue === undefined &&
      column.generated === 'no' &&
      !isRowid(table, column.name) &&
      !named.some((name) => sameName(name, column.name)),
  );
  const [first] = missing;
  if (first === undefined) return undefined;
  const names = missing.map(({ name }) => name).join(', ');
  return {
    code: 'missing-column',
    message: `${names} of ${table.name} may not be empty and has no default, and this INSERT leaves it out`,
    help: `Give it a value, or a DEFAULT in a migration.`,
    at: reference?.start ?? statement.start,
    isSyntax: false,
    name: first.name,
  };
}

const isRowid = (
  table: {
    readonly columns: readonly {
      readonly name: string;
      readonly type: string;
      readonly primaryKey: number;
    }[];
    readonly withoutRowid: boolean;
  },
  name: string,
): boolean => {
  const keys = table.columns.filter(({ primaryKey }) => primaryKey > 0);
  const [only] = keys;
  return (
    !table.withoutRowid &&
    keys.length === 1 &&
    only !== undefined &&
    sameName(only.name, name) &&
    /^integer$/i.test(only.type)
  );
};

/** The first migration after the last one with which the statement was right. */
async function sinceWhen(
  statement: QueryStatement,
  steps: readonly SchemaStep[],
): Promise<{ readonly name: string; readonly index: number } | undefined> {
  for (let index = steps.length - 2; index >= 0; index--) {
    const step = steps[index];
    if (step === undefined || problemOn(statement, await step.shadow()) !== undefined) continue;
    const broken = steps[index + 1]?.migration;
    return broken === undefined ? undefined : { name: broken.name, index: index + 1 };
  }
  return undefined;
}

/** What a name became, by the migrations from one on: a table, or a column of a table that the statement names. */
function renamedTo(
  name: string | undefined,
  { tokens }: QueryStatement,
  steps: readonly SchemaStep[],
  from: number,
): string | undefined {
  if (name === undefined) return undefined;
  const words = new Set(tokens.map(({ text }) => foldName(unquote(text))));
  let now: Rename | undefined;
  let by: string | undefined;
  for (const { renames, migration } of steps.slice(from)) {
    for (const one of renames) {
      const follows =
        now === undefined
          ? sameName(one.from, name) && (one.kind === 'table' || words.has(foldName(one.table)))
          : one.kind === now.kind && sameName(one.from, now.to);
      if (!follows) continue;
      now = one;
      by ??= migration?.name;
    }
  }
  if (now === undefined || sameName(now.to, name) || !isThere(now, steps.at(-1))) return undefined;
  return `It is called ${now.to} since ${by}.`;
}

/** A rebuild renames tables that are gone at its end. */
function isThere({ kind, table, to }: Rename, step: SchemaStep | undefined): boolean {
  if (kind === 'table') return step?.schema.table(to) !== undefined;
  const columns = step?.schema.table(table)?.columns;
  return columns === undefined || columns.some(({ name }) => sameName(name, to));
}
