import { expectSchema } from 'd1-queries/worker';
import { Hono, type MiddlewareHandler } from 'hono';
import type { ErrorBody } from './api-error.ts';
import type { AppEnv } from './env.ts';
import { NEWEST_MIGRATIONS } from './newest-migrations.ts';

const NOT_MIGRATED: ErrorBody = {
  error: {
    code: 'database-not-migrated',
    message:
      'The database has not been migrated. Run "npm run migrate:dev", or "npm run migrate:prod" for production.',
  },
};

const BEHIND: ErrorBody = {
  error: {
    code: 'database-behind',
    message: `The database is behind this version of the Worker: ${NEWEST_MIGRATIONS.DB} is not applied yet.`,
  },
};

/** Seconds after which a visitor may try again: a migration takes no longer. */
const RETRY_AFTER = '30';

export const health = new Hono<AppEnv>().get('/', async (context) => {
  const schemaVersion = await readSchemaVersion(context.env.DB);
  if (schemaVersion === null)
    return context.json({ status: 'unavailable', schemaVersion, ...NOT_MIGRATED }, 503);
  const state = await expectSchema(context.env.DB, NEWEST_MIGRATIONS.DB);
  return state === 'behind'
    ? context.json({ status: 'unavailable', schemaVersion, ...BEHIND }, 503)
    : context.json({ status: 'ok', schemaVersion });
});

/** Answers 503 while the database lacks a migration that this version of the Worker was built against. */
export const requireSchema: MiddlewareHandler<AppEnv> = async (context, next) => {
  const state = await expectSchema(context.env.DB, NEWEST_MIGRATIONS.DB);
  if (state === 'behind') return context.json(BEHIND, 503, { 'retry-after': RETRY_AFTER });
  return next();
};

/** The file name of the newest migration in wrangler's history, or null when none has been applied. */
async function readSchemaVersion(database: D1Database): Promise<string | null> {
  const table = await database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'd1_migrations'")
    .first();
  if (table === null) return null;
  return database.prepare('SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1').first<string>('name');
}
