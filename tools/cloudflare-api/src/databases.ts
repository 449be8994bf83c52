import { randomUUID } from 'node:crypto';
import { ApiError } from './reply.ts';

export interface Database {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Which databases there are. Errors and their codes are Cloudflare's. */
export interface Databases {
  /** In the order in which they were created. */
  list(accountId?: string): readonly Database[];
  /** Throws 7502 when the account has one of that name. */
  create(database: { readonly accountId: string; readonly name: string; readonly id?: string }): Database;
  /** Throws 7400 for what is no UUID, 7404 when the account has no such database. */
  get(accountId: string, id: string): Database;
  /** Takes a name as well. Throws 7404. */
  find(accountId: string, idOrName: string): Database;
  delete(database: Database): void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createDatabases(): Databases {
  const byId = new Map<string, Database>();
  const list = (accountId?: string) =>
    [...byId.values()].filter((database) => accountId === undefined || database.accountId === accountId);
  const findByName = (accountId: string, name: string) =>
    list(accountId).find((database) => database.name === name);

  const find = (accountId: string, idOrName: string) => {
    const database = findByName(accountId, idOrName) ?? byId.get(idOrName);
    if (database?.accountId === accountId) return database;
    throw new ApiError(404, 7404, `The database ${idOrName} could not be found`);
  };

  return {
    list,
    find,
    create({ accountId, name, id = randomUUID() }) {
      if (findByName(accountId, name) !== undefined) {
        throw new ApiError(400, 7502, `A database with the name ${name} already exists`);
      }
      const database = { id, name, accountId, createdAt: new Date().toISOString() };
      byId.set(id, database);
      return database;
    },
    get(accountId, id) {
      if (!UUID.test(id)) throw new ApiError(400, 7400, 'Invalid property: databaseId => Invalid uuid');
      return find(accountId, id);
    },
    delete: (database) => void byId.delete(database.id),
  };
}
