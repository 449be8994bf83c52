import {
  openLocalD1,
  openRemoteD1,
  type D1,
  type LocalDatabase,
  type RemoteDatabase,
} from '../database/index.ts';
import { localDatabaseId } from '../environment/index.ts';
import type { WranglerTarget } from '../wrangler/index.ts';
import type { Target } from './target.ts';

/** Milliseconds for one call of a remote database: D1 stops a query after 30 seconds, so what comes later never comes. */
const CALL_TIMEOUT = 90_000;

/** Opens the database of a target: in workerd when it is local, at Cloudflare when it is remote. */
export function openTarget(target: Target, timeout = CALL_TIMEOUT): D1 {
  return target.environment.location === 'local'
    ? openLocalD1(localDatabase(target))
    : openRemoteD1(remoteDatabase(target, Math.min(timeout, CALL_TIMEOUT)));
}

/** The database of a remote target; `timeout` in milliseconds is that of one request. */
export const remoteDatabase = (target: Target, timeout?: number): RemoteDatabase => ({
  wrangler: target.wrangler,
  target: wranglerTarget(target),
  timeout,
});

export function localDatabase({ wrangler, database, persistTo }: Target): LocalDatabase {
  return { wrangler, id: localDatabaseId(database), persistTo };
}

export function wranglerTarget({ environment, database, persistTo }: Target): WranglerTarget {
  return {
    configFile: environment.configFile,
    wranglerEnv: environment.wranglerEnv,
    location: environment.location,
    binding: database.binding,
    databaseId: database.databaseId,
    accountId: environment.accountId,
    persistTo,
  };
}
