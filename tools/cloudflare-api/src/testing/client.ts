import type { CloudflareApi } from '../index.ts';
import { isRecord } from '../request.ts';

export interface Answer {
  readonly status: number;
  readonly success: unknown;
  /** The code of the first error. */
  readonly code: unknown;
  readonly result: unknown;
  readonly info: unknown;
}

/** Calls the API of an account as a plain HTTP client. `path` is after `/accounts/<id>`. */
export function createClient(api: CloudflareApi, accountId = api.accountId, apiToken = api.apiToken) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${api.baseUrl}/accounts/${accountId}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value: unknown = await response.json();
    const envelope = isRecord(value) ? value : {};
    const errors: unknown = envelope['errors'];
    const error: unknown = Array.isArray(errors) ? errors[0] : undefined;
    return {
      status: response.status,
      success: envelope['success'],
      code: isRecord(error) ? error['code'] : undefined,
      result: envelope['result'],
      info: envelope['result_info'],
    };
  };
}

export type Client = ReturnType<typeof createClient>;

/** Runs SQL on a database and gives the rows of each statement. */
export async function query(client: Client, databaseId: string, sql: string): Promise<readonly unknown[]> {
  const { result } = await client('POST', `/d1/database/${databaseId}/query`, { sql });
  if (!Array.isArray(result)) throw new Error(`refused: ${sql}`);
  return result.map((statement: unknown) => (isRecord(statement) ? statement['results'] : undefined));
}

/** The id of the present bookmark. */
export async function bookmark(client: Client, databaseId: string, timestamp?: string): Promise<unknown> {
  const search = timestamp === undefined ? '' : `?timestamp=${timestamp}`;
  const { result } = await client('GET', `/d1/database/${databaseId}/time_travel/bookmark${search}`);
  return isRecord(result) ? result['bookmark'] : undefined;
}
