import type { Cloud } from '../cloud.ts';
import type { Database } from '../databases.ts';
import { secretName } from '../files.ts';
import { ApiError, success } from '../reply.ts';
import { isRecord, readObject } from '../request.ts';
import type { Route } from '../router.ts';
import type { DumpOptions } from '../storage.ts';
import { DATABASE } from './databases.ts';

/** Dumps a database: the first request starts, the next one tells where the file is. */
export function exportRoutes({ databases, storage, files, origin }: Cloud): readonly Route[] {
  /** How an export ended, until it is asked for, by database and bookmark. */
  const outcomes = new Map<string, object>();

  const dump = async (database: Database, options: DumpOptions): Promise<object> => {
    try {
      const content = Buffer.from(await storage.dump(database.id, options));
      const filename = secretName();
      return {
        status: 'complete',
        result: { filename, signed_url: origin() + files.offer(filename, content) },
      };
    } catch (error) {
      if (error instanceof ApiError) return { status: 'error', error: error.message };
      throw error;
    }
  };

  const start = async (database: Database, options: DumpOptions) => {
    const bookmark = (await storage.bookmark(database.id))?.id ?? '';
    outcomes.set(`${database.id} ${bookmark}`, await dump(database, options));
    return progress(bookmark, { status: 'active', messages: ['Uploaded part 1'] });
  };

  const poll = (database: Database, bookmark: string) => {
    const key = `${database.id} ${bookmark}`;
    const outcome = outcomes.get(key);
    outcomes.delete(key);
    return outcome === undefined
      ? { success: false, error: 'Not currently exporting anything.' }
      : progress(bookmark, outcome);
  };

  return [
    {
      method: 'POST',
      pattern: `${DATABASE}/export`,
      async handle(request) {
        const database = databases.get(request.param('account'), request.param('database'));
        const values = readObject(request);
        const bookmark = values['current_bookmark'];
        return success(
          typeof bookmark === 'string'
            ? poll(database, bookmark)
            : await start(database, readOptions(values['dump_options'])),
        );
      },
    },
  ];
}

function readOptions(value: unknown): DumpOptions {
  const options = isRecord(value) ? value : {};
  const tables: unknown = options['tables'];
  return {
    noSchema: options['no_schema'] === true,
    noData: options['no_data'] === true,
    tables: Array.isArray(tables) ? tables.map(String) : [],
  };
}

const progress = (bookmark: string, state: object) => ({
  success: true,
  type: 'export',
  at_bookmark: bookmark,
  messages: [],
  ...state,
});
