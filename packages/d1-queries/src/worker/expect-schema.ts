/** What is needed of a D1 database: a `D1Database`, and a session of one, are it. */
export interface QueriedDatabase {
  prepare(sql: string): { bind(...values: readonly unknown[]): { first(): Promise<unknown> } };
}

export interface ExpectSchemaOptions {
  /** The table of wrangler's history. Default: `d1_migrations`. */
  readonly migrationsTable?: string;
}

/** The migrations that were found in this isolate. An isolate that began too early asks again, until they are there. */
const found = new Set<string>();

/**
 * Whether a database has the newest migration that this code was built against; `newest` is its file name, as `check-queries`
 * writes it. A database that is further on is `current` too. One read, once an isolate. Throws what D1 throws, except where there
 * is no history yet.
 */
export async function expectSchema(
  database: QueriedDatabase,
  newest: string,
  { migrationsTable = 'd1_migrations' }: ExpectSchemaOptions = {},
): Promise<'current' | 'behind'> {
  const key = `${migrationsTable} ${newest}`;
  if (found.has(key)) return 'current';
  const row = await database
    .prepare(`SELECT 1 FROM "${migrationsTable}" WHERE name = ?`)
    .bind(newest)
    .first()
    .catch((error: unknown) => {
      if (String(error).includes('no such table')) return null;
      throw error;
    });
  if (row === null) return 'behind';
  found.add(key);
  return 'current';
}
