import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from 'd1-core/errors';
import { compilableText, type Schema, type Table } from 'd1-core/schema';
import {
  foldName,
  loadParser,
  loadTokenizer,
  significantTokens,
  splitStatements,
  type Statement,
  type SyntaxNode,
  type Token,
} from 'd1-core/sql';

/** One statement of a query. */
export interface QueryStatement {
  readonly text: string;
  readonly statement: Statement;
  readonly tree: SyntaxNode | undefined;
  /** UTF-16 offset into the query where the parser stopped. */
  readonly syntaxErrorAt: number | undefined;
  readonly tokens: readonly Token[];
}

/** A whole table that a statement reads. */
export interface Scan {
  readonly table: string;
  /** The CREATE INDEX with which it would not have to; undefined where none of one column helps. */
  readonly index: string | undefined;
}

/** A database in memory with a schema and no rows, on which statements are compiled. */
export interface Shadow {
  readonly schema: Schema;
  /** SQLite's message; undefined where it compiles. */
  compile(statement: QueryStatement): string | undefined;
  /** The name in double quotes that is no column and so a text; undefined where there is none. */
  quotedText(statement: QueryStatement): string | undefined;
  /** The lines of EXPLAIN QUERY PLAN. */
  plan(statement: QueryStatement): readonly string[];
  scans(statement: QueryStatement): readonly Scan[];
  /** Makes what the Worker itself makes when it runs, where the migrations did not. */
  define(statement: QueryStatement): void;
  /** The database itself, to run something in a transaction that is rolled back. */
  readonly database: DatabaseSync;
  close(): void;
}

/** The statements of a text. For `exec` each line is one. */
export async function statementsOf(sql: string, isByLine: boolean): Promise<readonly QueryStatement[]> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const found: QueryStatement[] = [];
  for (const { text, from } of isByLine ? linesOf(sql) : [{ text: sql, from: 0 }]) {
    // Spaces in place of the lines before keep the offsets right.
    const padded = `${' '.repeat(from)}${text}`;
    for (const statement of splitStatements(tokenize(padded))) {
      const parsed = await parse(padded, statement);
      found.push({
        text: padded,
        statement,
        tree: parsed.outcome === 'parsed' ? parsed.tree : undefined,
        syntaxErrorAt: parsed.outcome === 'syntax-error' ? parsed.at : undefined,
        tokens: significantTokens(statement.tokens),
      });
    }
  }
  return found;
}

function linesOf(sql: string): readonly { readonly text: string; readonly from: number }[] {
  let from = 0;
  return sql.split('\n').map((text) => {
    const line = { text, from };
    from += text.length + 1;
    return line;
  });
}

const DEFINES = /^create$/i;

export function openShadow(database: DatabaseSync, strict: DatabaseSync, schema: Schema): Shadow {
  const sqlOf = ({ text, statement, tree }: QueryStatement) => compilableText({ text, statement, tree });
  const explained = (statement: QueryStatement): readonly string[] => {
    try {
      return database
        .prepare(`EXPLAIN QUERY PLAN ${sqlOf(statement)}`)
        .all()
        .map(({ detail }) => String(detail));
    } catch {
      return [];
    }
  };
  return {
    schema,
    database,
    compile: (statement) => failure(database, sqlOf(statement)),
    quotedText(statement) {
      if (!statement.tokens.some(({ text }) => text.startsWith('"'))) return undefined;
      const message = failure(strict, sqlOf(statement)) ?? '';
      return /no such column: "([^"]+)"/.exec(message)?.[1];
    },
    plan: explained,
    scans(statement) {
      const tables = aliases(statement);
      return scanned(explained(statement)).flatMap((name): readonly Scan[] => {
        const table = schema.table(tables.get(foldName(name)) ?? name);
        if (table === undefined || table.storage !== 'ordinary') return [];
        return [{ table: table.name, index: helpfulIndex(database, table, name, statement, explained) }];
      });
    },
    define(statement) {
      if (!DEFINES.test(statement.tokens[0]?.text ?? '')) return;
      for (const one of [database, strict]) failure(one, sqlOf(statement), true);
    },
    close() {
      database.close();
      strict.close();
    },
  };
}

function failure(database: DatabaseSync, sql: string, isRun = false): string | undefined {
  try {
    if (isRun) database.exec(sql);
    else database.prepare(sql);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The names in a plan that are read from the first row to the last. */
const scanned = (plan: readonly string[]): readonly string[] => [
  ...new Set(plan.flatMap((line) => /^SCAN (?!CONSTANT ROW)(\S+)/.exec(line)?.[1] ?? [])),
];

/** By alias, and by the name itself. */
function aliases({ tree }: QueryStatement): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const reference of tree?.all('TableRef') ?? []) {
    const table = reference.tableName?.text;
    const alias = reference.alias?.text;
    if (table !== undefined) found.set(foldName(alias ?? table), table);
  }
  return found;
}

/** Tries an index on each column that the statement names, and takes the first that is used for a search. */
function helpfulIndex(
  database: DatabaseSync,
  table: Table,
  name: string,
  statement: QueryStatement,
  explain: (statement: QueryStatement) => readonly string[],
): string | undefined {
  if (!statement.tokens.some(({ text }) => /^(where|on|using)$/i.test(text))) return undefined;
  const words = new Set(statement.tokens.map(({ text }) => foldName(text)));
  const columns = table.columns.filter((column) => words.has(foldName(column.name))).slice(0, 12);
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  for (const column of columns) {
    database.exec('SAVEPOINT try_index');
    try {
      database.exec(`CREATE INDEX "d1 queries try" ON ${quote(table.name)} (${quote(column.name)})`);
      if (
        explain(statement).some(
          (line) => line.startsWith(`SEARCH ${name} USING`) && line.includes('d1 queries try'),
        )
      )
        return `CREATE INDEX ${indexName(table.name, column.name)} ON ${plain(table.name)} (${plain(column.name)});`;
    } catch {
      // A generated column, or a name that is taken: then another one.
    } finally {
      database.exec('ROLLBACK TO try_index; RELEASE try_index');
    }
  }
  return undefined;
}

const plain = (name: string): string =>
  /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
const indexName = (table: string, column: string): string => plain(`idx_${table}_${column}`);
