import { createHash, createHmac } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainFileError } from '../errors/index.ts';
import { makeFolder } from '../node/index.ts';
import type { Wrangler } from '../wrangler/index.ts';

/** A local database, as wrangler keeps it in a folder. */
export interface LocalDatabase {
  readonly wrangler: Wrangler;
  /** What tells local databases apart: `preview_database_id`, else `database_id`, else the binding. */
  readonly id: string;
  /** The folder that `--persist-to` names; `.wrangler/state` beside the config by default. */
  readonly persistTo: string;
  /** Milliseconds for one call of its engine; without it, a call may take as long as it needs. */
  readonly timeout?: number | undefined;
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

/**
 * Makes the folder of wrangler's local state, and makes sure that the engine can write into it and to the databases with these
 * ids: the engine itself would hang, or say that the database is busy. Throws D1Error `not-writable`, `disk-full`, `file-failed`.
 */
export function requireStateFolder(persistTo: string, ids: readonly string[]): void {
  const state = join(persistTo, 'v3');
  const files = ids.map((id) => localDatabaseFile({ id, persistTo }));
  const folders = files.flatMap((file) => [dirname(dirname(file)), dirname(file)]);
  try {
    makeFolder(state);
    for (const path of new Set([state, ...folders, ...files])) {
      if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    const fix = 'Name another folder for local databases: --persistTo=<folder>';
    throw explainFileError(error, { fix, notes: ['Nothing was changed.'] }) ?? error;
  }
}
