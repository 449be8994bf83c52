import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { LocalDatabase } from './local.ts';

const NAMESPACE = 'miniflare-D1DatabaseObject';

/**
 * The SQLite file of a local database. Miniflare names it by the id that workerd gives a Durable Object of that name:
 * https://github.com/cloudflare/workers-sdk/blob/wrangler%404.33.2/packages/miniflare/src/plugins/shared/index.ts
 */
export function localDatabaseFile({ id, persistTo }: Pick<LocalDatabase, 'id' | 'persistTo'>): string {
  const key = createHash('sha256').update(NAMESPACE).digest();
  const sign = (data: string | Buffer) => createHmac('sha256', key).update(data).digest().subarray(0, 16);
  const name = sign(id);
  const objectId = Buffer.concat([name, sign(name)]).toString('hex');
  return join(persistTo, 'v3', 'd1', NAMESPACE, `${objectId}.sqlite`);
}
