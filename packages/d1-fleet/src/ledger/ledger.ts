import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabaseFile } from 'd1-core/schema';
import type { D1Error } from 'd1-core/errors';
import type { Member } from '../members/member.ts';
import type { DesiredMigration } from '../member/desired.ts';
import type { Look } from '../member/look.ts';
import { OBSTACLES, type Obstacle, type Standing } from '../member/standing.ts';

/** What is known of a member: what was last seen, or why it could not be. */
export type Seen =
  | { readonly look: Look; readonly error?: undefined }
  | { readonly look?: undefined; readonly error: Pick<D1Error, 'code' | 'message'> };

/**
 * What was last seen of each member of a fleet, in a file on this machine. It saves requests, and decides nothing: the truth is in
 * each database, and whoever loses the file looks again.
 */
export interface Ledger {
  /** By the member's id. Nothing where files of the folder were changed since: then it would have to be seen again. */
  read(desired: readonly DesiredMigration[]): ReadonlyMap<string, Seen>;
  /** Keeps what was seen, in one transaction. */
  save(seen: readonly (readonly [Member, Seen])[], desired: readonly DesiredMigration[]): void;
  /** What is known of a member is not so any more. */
  forget(member: Member): void;
  close(): void;
}

const CREATE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL, tokens TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS histories (history TEXT PRIMARY KEY, id INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS members (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, seen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    history INTEGER, journal INTEGER, schema TEXT, obstacle TEXT, names TEXT, code TEXT, message TEXT
  ) WITHOUT ROWID;`;

/** Opens the ledger in a file, which is made where there is none. */
export async function openLedger(file: string): Promise<Ledger> {
  mkdirSync(dirname(file), { recursive: true });
  const database = await openDatabaseFile(file);
  database.exec(CREATE);
  return {
    read: (desired) => (isPrefix(database, desired) ? readMembers(database, desired) : new Map()),
    save(seen, desired) {
      database.exec('BEGIN IMMEDIATE');
      try {
        if (!isSame(database, desired)) rewrite(database, desired);
        for (const [member, what] of seen) saveMember(database, member, what);
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    forget: ({ id }) => void database.prepare('DELETE FROM members WHERE id = ?').run(id),
    close: () => database.close(),
  };
}

type Row = Readonly<Record<string, unknown>>;

const migrationsIn = (database: DatabaseSync): readonly Row[] =>
  database.prepare('SELECT name, tokens FROM migrations ORDER BY position').all();

/** Migrations may have been added since; none may have been changed. */
function isPrefix(database: DatabaseSync, desired: readonly DesiredMigration[]): boolean {
  return migrationsIn(database).every(({ name, tokens }, index) => {
    const now = desired[index];
    return now !== undefined && now.name === name && now.checksums.tokens === tokens;
  });
}

const isSame = (database: DatabaseSync, desired: readonly DesiredMigration[]): boolean =>
  migrationsIn(database).length === desired.length && isPrefix(database, desired);

/** What was seen beside changed files is not worth anything. */
function rewrite(database: DatabaseSync, desired: readonly DesiredMigration[]): void {
  if (!isPrefix(database, desired)) database.exec('DELETE FROM members; DELETE FROM histories');
  database.exec('DELETE FROM migrations');
  const insert = database.prepare('INSERT INTO migrations (name, tokens) VALUES (?, ?)');
  for (const { name, checksums } of desired) insert.run(name, checksums.tokens);
}

function saveMember(database: DatabaseSync, { id, name }: Member, { look, error }: Seen): void {
  const obstacle = look === undefined || !('names' in look.standing) ? undefined : look.standing;
  database
    .prepare(
      'REPLACE INTO members (id, name, history, journal, schema, obstacle, names, code, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      id,
      name,
      look === undefined ? null : historyId(database, look.history),
      look?.journal ?? null,
      look?.schema ?? null,
      obstacle?.state ?? null,
      obstacle === undefined ? null : JSON.stringify(obstacle.names),
      error?.code ?? null,
      error?.message ?? null,
    );
}

/** Most members have the same history: it is kept once. */
function historyId(database: DatabaseSync, history: readonly string[]): number {
  const key = JSON.stringify(history);
  database
    .prepare('INSERT OR IGNORE INTO histories (history, id) SELECT ?, ifnull(max(id), 0) + 1 FROM histories')
    .run(key);
  return Number(database.prepare('SELECT id FROM histories WHERE history = ?').get(key)?.['id']);
}

function readMembers(
  database: DatabaseSync,
  desired: readonly DesiredMigration[],
): ReadonlyMap<string, Seen> {
  const histories = new Map(
    database
      .prepare('SELECT id, history FROM histories')
      .all()
      .map(({ id, history }) => [Number(id), textsOf(history)]),
  );
  const seen = new Map<string, Seen>();
  for (const row of database.prepare('SELECT * FROM members').iterate()) {
    const { id, code, message, schema, journal } = row;
    const history = histories.get(Number(row['history'])) ?? [];
    const what: Seen =
      code === null
        ? {
            look: {
              standing: standingIn(row, history, desired),
              history,
              journal: Number(journal),
              schema: String(schema),
              mine: [],
            },
          }
        : { error: { code: String(code), message: String(message) } };
    seen.set(String(id), what);
  }
  return seen;
}

function standingIn(
  { obstacle, names }: Row,
  history: readonly string[],
  desired: readonly DesiredMigration[],
): Standing {
  const state = OBSTACLES.find((one): one is Obstacle => one === obstacle);
  if (state !== undefined) return { state, names: textsOf(names) };
  const applied = new Set(history);
  const pending = desired.filter(({ name }) => !applied.has(name));
  return pending.length === 0 ? { state: 'current' } : { state: 'behind', pending };
}

function textsOf(json: unknown): readonly string[] {
  const value: unknown = JSON.parse(String(json));
  return Array.isArray(value) ? value.map(String) : [];
}
