import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Wrangler } from '../wrangler/index.ts';

/** A local database, as wrangler keeps it in a folder. */
export interface LocalDatabase {
  readonly wrangler: Wrangler;
  /** What tells local databases apart: `preview_database_id`, else `database_id`, else the binding. */
  readonly id: string;
  /** The folder that `--persist-to` names; `.wrangler/state` beside the config by default. */
  readonly persistTo: string;
}

/** Whether wrangler has ever kept a D1 database there. Opening one would make it. */
export const hasLocalDatabases = ({ persistTo }: LocalDatabase): boolean =>
  existsSync(join(persistTo, 'v3', 'd1'));

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
