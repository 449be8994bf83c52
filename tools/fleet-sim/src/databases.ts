import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { openMemoryDatabase } from 'd1-core/schema';
import { explainSqlError } from 'd1-core/wrangler';
import type { Row } from 'd1-core/database';

/** The content of a database: an object that is the same for all databases with the same content. */
export interface Content {
  /** SQL that makes it. */
  readonly script: string;
}

interface Answer {
  readonly content: Content;
  readonly rows: readonly (readonly Row[])[];
}

/**
 * Databases as values. A batch is run by SQLite the first time that it meets a content; a fleet has few contents and few batches, so a
 * million databases take the memory of a map.
 */
export class ModelDatabases {
  readonly #contents = new Map<string, Content>();
  readonly #answers = new Map<Content, Map<string, Answer | Error>>();

  contentOf(script: string): Content {
    const known = this.#contents.get(script) ?? { script };
    this.#contents.set(script, known);
    return known;
  }

  /** Runs statements as one transaction. Throws a D1Error where D1 would, and then nothing has changed. */
  async run(content: Content, statements: readonly string[]): Promise<Answer> {
    const batch = statements.join(';\n');
    const answers = this.#answers.get(content) ?? new Map<string, Answer | Error>();
    this.#answers.set(content, answers);
    const known = answers.get(batch) ?? (await this.#compute(content, statements));
    answers.set(batch, known);
    if (known instanceof Error) throw known;
    return known;
  }

  async #compute(content: Content, statements: readonly string[]): Promise<Answer | Error> {
    const database = await openMemoryDatabase();
    try {
      database.exec(content.script);
      database.exec('BEGIN');
      const rows = statements.map((sql) => database.prepare(sql).all());
      database.exec('COMMIT');
      return { content: this.contentOf(scriptOf(database)), rows };
    } catch (error) {
      return explainSqlError(`${error instanceof Error ? error.message : String(error)}: SQLITE_ERROR`);
    } finally {
      database.close();
    }
  }
}

/** All tables with their rows, then what is made on them. */
function scriptOf(database: DatabaseSync): string {
  const objects = database
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type <> 'table', rowid",
    )
    .all();
  const tables = objects.filter(({ type }) => type === 'table').map(({ name }) => String(name));
  const rows = tables.flatMap((table) =>
    database
      .prepare(`SELECT * FROM "${table}"`)
      .all()
      .map((row) => `INSERT INTO "${table}" VALUES (${Object.values(row).map(literal).join(', ')})`),
  );
  const made = objects.map(({ sql }) => String(sql));
  return [...made.slice(0, tables.length), ...rows, ...made.slice(tables.length)]
    .map((sql) => `${sql};\n`)
    .join('');
}

function literal(value: SQLOutputValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
