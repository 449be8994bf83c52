import type { Cloud } from '../cloud.ts';
import type { Database } from '../databases.ts';
import { success } from '../reply.ts';
import { readObject, requiredText } from '../request.ts';
import type { Route } from '../router.ts';

export const DATABASE = '/accounts/:account/d1/database/:database';

/** Creates, finds and deletes databases. */
export function databaseRoutes({ databases, storage }: Cloud): readonly Route[] {
  const details = async (database: Database) => {
    const [tables] = await storage.run(database.id, [{ sql: COUNT_TABLES }]);
    return {
      ...summary(database),
      num_tables: tables?.rows[0]?.[0] ?? 0,
      file_size: tables?.meta.size_after ?? 0,
      running_in_region: 'WEUR',
      jurisdiction: null,
      read_replication: { mode: 'disabled' },
    };
  };

  return [
    {
      method: 'GET',
      pattern: '/accounts/:account/d1/database',
      handle({ param, query }) {
        const name = query.get('name');
        const found = databases
          .list(param('account'))
          .filter((database) => name === null || database.name === name);
        const page = Number(query.get('page') ?? 1);
        const size = Number(query.get('per_page') ?? 1000);
        const result = found.slice((page - 1) * size, page * size).map(summary);
        return success(result, {
          page,
          per_page: size,
          count: result.length,
          total_count: found.length,
        });
      },
    },
    {
      method: 'POST',
      pattern: '/accounts/:account/d1/database',
      async handle(request) {
        const name = requiredText(readObject(request), 'name');
        return success(await details(databases.create({ accountId: request.param('account'), name })));
      },
    },
    {
      method: 'GET',
      pattern: DATABASE,
      async handle({ param, query }) {
        const all = await details(databases.find(param('account'), param('database')));
        const fields = query.get('fields')?.split(',');
        return success(
          fields === undefined
            ? all
            : Object.fromEntries(Object.entries(all).filter(([field]) => fields.includes(field))),
        );
      },
    },
    {
      method: 'DELETE',
      pattern: DATABASE,
      async handle({ param }) {
        const database = databases.get(param('account'), param('database'));
        databases.delete(database);
        await storage.delete(database.id);
        return success(null);
      },
    },
  ];
}

const COUNT_TABLES = `SELECT count(*) FROM sqlite_schema
  WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'`;

const summary = ({ id, name, createdAt }: Database) => ({
  uuid: id,
  name,
  created_at: createdAt,
  version: 'production',
});
