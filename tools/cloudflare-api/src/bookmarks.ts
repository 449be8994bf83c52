import { createHash, createHmac, randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A moment in the life of a database. */
export interface Bookmark {
  /** Like `00000005-00000000-00004f0f-<32 hex digits>`: later ones sort after earlier ones. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Copies of database files, one for each state a database was in. Call only while nothing works on the database: then
 * the file and its write-ahead log together are consistent, also with workerd running.
 */
export interface Bookmarks {
  /** The bookmark of the present state. */
  current(databaseId: string): Promise<Bookmark>;
  /** Makes a bookmark for a state that is new. */
  record(databaseId: string): Promise<Bookmark>;
  find(databaseId: string, id: string): Bookmark | undefined;
  /** The latest one that is not after `time`. */
  at(databaseId: string, time: number): Bookmark | undefined;
  /** Puts the files of a bookmark back. workerd must be stopped. */
  restore(databaseId: string, bookmark: Bookmark): Promise<void>;
  /** Removes a database's files and bookmarks. workerd must be stopped. */
  forget(databaseId: string): Promise<void>;
}

/** How many states of each database are kept. */
const KEPT = 100;

/** SQLite's write-ahead log holds what was committed last. Its `-shm` is an index that SQLite rebuilds. */
const PARTS = ['', '-wal'];

export function createBookmarks(persistTo: string, folder: string): Bookmarks {
  const byDatabase = new Map<string, Bookmark[]>();
  const listOf = (databaseId: string): Bookmark[] => {
    const list = byDatabase.get(databaseId) ?? [];
    byDatabase.set(databaseId, list);
    return list;
  };
  const copyOf = (databaseId: string, id: string) => join(folder, databaseId, `${id}.sqlite`);

  const record = async (databaseId: string, time: number): Promise<Bookmark> => {
    const list = listOf(databaseId);
    const bookmark = { id: nextId(list.at(-1)?.id, time), time };
    await mkdir(join(folder, databaseId), { recursive: true });
    await copyDatabase(databaseFile(persistTo, databaseId), copyOf(databaseId, bookmark.id));
    list.push(bookmark);
    const tooOld = list.length > KEPT ? list.shift() : undefined;
    if (tooOld !== undefined) await removeDatabase(copyOf(databaseId, tooOld.id));
    return bookmark;
  };

  return {
    // The first state has been there for as long as anybody knows.
    current: async (databaseId) => listOf(databaseId).at(-1) ?? (await record(databaseId, 0)),
    record: (databaseId) => record(databaseId, Date.now()),
    find: (databaseId, id) => listOf(databaseId).find((bookmark) => bookmark.id === id),
    at: (databaseId, time) => listOf(databaseId).findLast((bookmark) => bookmark.time <= time),
    async restore(databaseId, { id }) {
      const file = databaseFile(persistTo, databaseId);
      await removeDatabase(file);
      await copyDatabase(copyOf(databaseId, id), file);
    },
    async forget(databaseId) {
      byDatabase.delete(databaseId);
      await removeDatabase(databaseFile(persistTo, databaseId));
      await rm(join(folder, databaseId), { recursive: true, force: true });
    },
  };
}

/** Counts up in the first part; the third counts days, as real bookmarks seem to. */
function nextId(previous: string | undefined, time: number): string {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const count = previous === undefined ? 1 : Number.parseInt(previous.slice(0, 8), 16) + 1;
  return [hex(count), hex(0), hex(Math.floor(time / 86_400_000)), randomBytes(16).toString('hex')].join('-');
}

/** A database that was never used has no file: then there is nothing to copy. */
async function copyDatabase(from: string, to: string): Promise<void> {
  for (const part of PARTS) {
    if (existsSync(from + part)) await copyFile(from + part, to + part, constants.COPYFILE_FICLONE);
  }
}

async function removeDatabase(file: string): Promise<void> {
  for (const part of [...PARTS, '-shm']) await rm(file + part, { force: true });
}

/** Miniflare's name for a Durable Object class that holds the databases. */
const UNIQUE_KEY = 'miniflare-D1DatabaseObject';

/** Where workerd keeps a database: named after the Durable Object, whose id workerd derives from the database's id. */
function databaseFile(persistTo: string, databaseId: string): string {
  const key = createHash('sha256').update(UNIQUE_KEY).digest();
  const sign = (data: string | Buffer) => createHmac('sha256', key).update(data).digest().subarray(0, 16);
  const name = sign(databaseId);
  return join(
    persistTo,
    'v3',
    'd1',
    UNIQUE_KEY,
    `${Buffer.concat([name, sign(name)]).toString('hex')}.sqlite`,
  );
}
