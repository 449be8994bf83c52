import type { Cloud } from '../cloud.ts';
import { ApiError, success } from '../reply.ts';
import { isRecord, readObject, requiredText, type ApiRequest } from '../request.ts';
import type { Route } from '../router.ts';
import { split } from '../split.ts';
import type { Statement, StatementResult } from '../storage.ts';
import { DATABASE } from './databases.ts';

/** Runs SQL. One request is one transaction, also when its text has many statements. */
export function queryRoutes({ databases, storage }: Cloud): readonly Route[] {
  const route = (name: string, format: (result: StatementResult) => unknown): Route => ({
    method: 'POST',
    pattern: `${DATABASE}/${name}`,
    async handle(request) {
      const database = databases.get(request.param('account'), request.param('database'));
      const results = await storage.run(database.id, await readStatements(request));
      return success(
        results.map((result) => ({ results: format(result), success: true, meta: metaOf(result) })),
      );
    },
  });

  return [
    route('query', ({ columns, rows }) =>
      rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
    ),
    route('raw', ({ columns, rows }) => ({ columns, rows })),
  ];
}

/** `{ sql, params? }`, or several of them as `{ batch: [...] }`. */
async function readStatements(request: ApiRequest): Promise<readonly Statement[]> {
  const { batch, ...single } = readObject(request);
  const statements = await Promise.all((Array.isArray(batch) ? batch : [single]).map(readStatement));
  if (statements.flat().length === 0) throw new ApiError(400, 7500, 'No SQL statements detected.');
  return statements.flat();
}

async function readStatement(value: unknown): Promise<readonly Statement[]> {
  const query = isRecord(value) ? value : {};
  const texts = await split(requiredText(query, 'sql'));
  const params: unknown = query['params'];
  if (!Array.isArray(params) || params.length === 0) return texts.map((sql) => ({ sql }));
  if (texts.length > 1) {
    throw new ApiError(400, 7400, 'The request is malformed: params go with a single statement');
  }
  return texts.map((sql) => ({ sql, params }));
}

const metaOf = ({ meta }: StatementResult) => ({
  ...meta,
  served_by: 'v3-prod',
  served_by_region: 'WEUR',
  served_by_colo: 'AMS',
});
