import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Database } from '../databases.ts';
import { secretName } from '../files.ts';
import { ApiError, success } from '../reply.ts';
import { readObject, requiredText } from '../request.ts';
import type { Route } from '../router.ts';
import { split } from '../split.ts';
import type { StatementResult } from '../storage.ts';
import { DATABASE } from './databases.ts';

type Values = Readonly<Record<string, unknown>>;

/** Runs a SQL file: `init` gives a place to upload it to, `ingest` runs it, `poll` tells how it went. */
export function importRoutes({ databases, storage, files, origin }: Cloud): readonly Route[] {
  /** How an import ended, until it is asked for, by database and bookmark. */
  const outcomes = new Map<string, object>();

  const bookmarkOf = async ({ id }: Database) => (await storage.bookmark(id))?.id ?? '';

  const init = (values: Values) => {
    requiredText(values, 'etag');
    const filename = secretName();
    return { success: true, type: 'import', filename, upload_url: origin() + files.promise(filename) };
  };

  const ingest = async (database: Database, values: Values) => {
    const file = files.get(requiredText(values, 'filename'));
    if (file === undefined || md5(file) !== requiredText(values, 'etag')) {
      return { success: false, error: 'The file was not uploaded, or is not the announced one.' };
    }
    const outcome = await run(database, file.toString('utf8'));
    const bookmark = await bookmarkOf(database);
    outcomes.set(`${database.id} ${bookmark}`, outcome);
    return progress(bookmark, { status: 'active', messages: ['Processed 1 part.'] });
  };

  const run = async (database: Database, sql: string): Promise<object> => {
    try {
      const statements = (await split(sql)).map((text) => ({ sql: text }));
      if (statements.length === 0) throw new ApiError(400, 7500, 'No SQL statements detected.');
      const results = await storage.run(database.id, statements);
      return {
        status: 'complete',
        result: {
          num_queries: results.length,
          final_bookmark: await bookmarkOf(database),
          meta: totals(results),
        },
      };
    } catch (error) {
      if (error instanceof ApiError) return { status: 'error', errors: [error.message] };
      throw error;
    }
  };

  const poll = (database: Database, values: Values) => {
    const bookmark = requiredText(values, 'current_bookmark');
    const key = `${database.id} ${bookmark}`;
    const outcome = outcomes.get(key);
    outcomes.delete(key);
    return outcome === undefined
      ? { success: false, error: 'Not currently importing anything.' }
      : progress(bookmark, outcome);
  };

  return [
    {
      method: 'POST',
      pattern: `${DATABASE}/import`,
      async handle(request) {
        const database = databases.get(request.param('account'), request.param('database'));
        const values = readObject(request);
        switch (values['action']) {
          case 'init':
            return success(init(values));
          case 'ingest':
            return success(await ingest(database, values));
          case 'poll':
            return success(poll(database, values));
          default:
            throw new ApiError(400, 7400, 'Invalid property: action => Invalid input');
        }
      },
    },
  ];
}

export const md5 = (content: Buffer): string => createHash('md5').update(content).digest('hex');

const progress = (bookmark: string, state: object) => ({
  success: true,
  type: 'import',
  at_bookmark: bookmark,
  messages: [],
  errors: [],
  ...state,
});

function totals(results: readonly StatementResult[]) {
  const sum = (name: 'duration' | 'changes' | 'rows_read' | 'rows_written') =>
    results.reduce((total, { meta }) => total + meta[name], 0);
  const last = results.at(-1)?.meta;
  return {
    served_by: 'v3-prod',
    duration: sum('duration'),
    changes: sum('changes'),
    last_row_id: last?.last_row_id ?? 0,
    changed_db: results.some(({ meta }) => meta.changed_db),
    size_after: last?.size_after ?? 0,
    rows_read: sum('rows_read'),
    rows_written: sum('rows_written'),
  };
}
