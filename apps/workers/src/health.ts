import { Hono } from 'hono';
import type { ErrorBody } from './api-error.ts';
import type { AppEnv } from './env.ts';

const NOT_MIGRATED: ErrorBody = {
  error: {
    code: 'database-not-migrated',
    message:
      'The database has not been migrated. Run "npm run migrate:dev", or "npm run migrate:prod" for production.',
  },
};

export const health = new Hono<AppEnv>().get('/', async (context) => {
  const schemaVersion = await readSchemaVersion(context.env.DB);
  return schemaVersion === null
    ? context.json({ status: 'unavailable', schemaVersion, ...NOT_MIGRATED }, 503)
    : context.json({ status: 'ok', schemaVersion });
});

/** The file name of the newest migration in wrangler's history, or null when none has been applied. */
async function readSchemaVersion(database: D1Database): Promise<string | null> {
  const table = await database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'd1_migrations'")
    .first();
  if (table === null) return null;
  return database.prepare('SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1').first<string>('name');
}
