import type { Row } from '../database/index.ts';
import { commandLine } from '../door/index.ts';
import { D1Error } from '../errors/index.ts';
import { quoteText } from '../sql/index.ts';
import { createMetadata, METADATA_TABLE } from './tables.ts';

/** Who may change a database, and how long. Times are UTC, ISO 8601 with seconds, by the database's clock. */
export interface Lock {
  /** The id of the run that holds it. */
  readonly run: string;
  /** A person and a machine. */
  readonly owner: string;
  readonly since: string;
  /** From then on anybody may take it over. */
  readonly until: string;
  /** One more each time the lock is taken: of two holders, the one with the higher number is the right one. */
  readonly fence: number;
}

const KEY = "key = 'lock'";
const time = (modifier = '+0 seconds') => `strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '${modifier}')`;

/**
 * Takes the lock, unless somebody holds it; one that says no end is held by nobody. `hasTakenLock` is the condition
 * under which it was taken.
 */
export function takeLockStatements(run: string, owner: string, seconds: number): readonly string[] {
  const lock = (fence: string) =>
    `json_object('run', ${quoteText(run)}, 'owner', ${quoteText(owner)}, 'since', ${time()}, 'until', ${time(`+${Math.ceil(seconds)} seconds`)}, 'fence', ${fence})`;
  return [
    createMetadata,
    `INSERT INTO ${METADATA_TABLE} (key, value) VALUES ('lock', ${lock('1')})
     ON CONFLICT (key) DO UPDATE SET value = ${lock(`COALESCE(json_extract(value, '$.fence'), 0) + 1`)}
     WHERE COALESCE(json_extract(value, '$.until') <= ${time()}, 1)`,
  ];
}

/** What tells a holding of the lock from all others, also of the same run. */
export type LockToken = Pick<Lock, 'run' | 'fence'>;

const isLock = ({ run, fence }: LockToken): string =>
  `${KEY} AND json_extract(value, '$.run') = ${quoteText(run)} AND json_extract(value, '$.fence') = ${fence}`;

/** Holds a lock longer, for as many seconds from now, if it is held still. */
export const renewLockStatement = (lock: LockToken, seconds: number): string =>
  `UPDATE ${METADATA_TABLE} SET value = json_set(value, '$.until', ${time(`+${Math.ceil(seconds)} seconds`)}) WHERE ${isLock(lock)}`;

/** A condition that is true until somebody takes the lock over, or frees it for another. */
export const holdsLock = (lock: LockToken): string =>
  `EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${isLock(lock)})`;

/** The same, for the transaction that takes the lock: there its fence is not known yet. */
export const hasTakenLock = (run: string): string =>
  `EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${KEY} AND json_extract(value, '$.run') = ${quoteText(run)})`;

/** Statements for one transaction that does nothing unless the lock is held still, and then holds it longer. */
export const underLock = (
  lock: LockToken,
  seconds: number,
  statements: readonly string[],
): readonly string[] => [requireStatement(holdsLock(lock)), ...statements, renewLockStatement(lock, seconds)];

/**
 * A statement that fails, and with it the whole call, unless a condition holds: so nothing is done by a run whose lock
 * somebody has taken over meanwhile. The error is SQLite's "malformed JSON"; why it is, has to be read afterwards.
 */
export const requireStatement = (condition: string): string =>
  `SELECT json(CASE WHEN ${condition} THEN '1' ELSE 'd1-migrate: the condition does not hold' END) AS allowed`;

/** A condition: nobody holds the lock now. */
export const NOBODY_HOLDS_LOCK = `NOT EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${KEY} AND json_extract(value, '$.until') > ${time()})`;

export const readLockStatement = `SELECT value, json_extract(value, '$.until') > ${time()} AS held FROM ${METADATA_TABLE} WHERE ${KEY}`;

/** Lets a lock go that this run holds. The row stays, so that the next one gets a higher fence. */
export const releaseLockStatement = (run: string): string =>
  `UPDATE ${METADATA_TABLE} SET value = json_set(value, '$.until', ${time()}) WHERE ${KEY} AND json_extract(value, '$.run') = ${quoteText(run)}`;

/** Frees another run's lock. Should that run be alive, its fence is an old one now, and it writes nothing more. */
export const freeLockStatement = (lock: LockToken): string =>
  `UPDATE ${METADATA_TABLE} SET value = json_set(value, '$.until', ${time()}, '$.fence', ${lock.fence + 1}) WHERE ${isLock(lock)}`;

/** The lock that somebody holds now, from the row of `readLockStatement`. */
export const heldLock = ([row]: readonly Row[]): Lock | undefined =>
  row?.['held'] === 1 ? lockOf(row) : undefined;

/** The lock that was taken last, whether or not it was let go since. */
export const lastLock = ([row]: readonly Row[]): Lock | undefined =>
  row === undefined ? undefined : lockOf(row);

function lockOf(row: Row): Lock {
  const value: unknown = JSON.parse(String(row['value']));
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  return {
    run: String(field('run')),
    owner: String(field('owner')),
    since: String(field('since')),
    until: String(field('until')),
    fence: Number(field('fence')),
  };
}

/** Refuses to work beside another run. Gives the lock of this one. */
export function requireLock(lock: Lock | undefined, run: string): Lock {
  if (lock?.run === run) return lock;
  if (lock === undefined) throw lostLock();
  throw new D1Error({
    code: 'locked',
    message: `${lock.owner} has been changing this database since ${lock.since}.`,
    fix: `Wait until that run has ended; the lock ends by itself at ${lock.until}. If the run is dead, free it with "${commandLine('d1-migrate:unlock')}".`,
    notes: ['Nothing was changed.'],
    exitCode: 11,
  });
}

/** Somebody has freed the lock, or taken it over, since this run took it. */
export const lostLock = (cause?: D1Error): D1Error =>
  new D1Error({
    code: 'locked',
    message: 'This run has lost its lock: somebody has freed it, or another run has taken it over.',
    fix: `See with "${commandLine('d1-migrate:status')}" and "${commandLine('d1-migrate:status', '--history')}" what is in the database before you run anything else.`,
    exitCode: 11,
    cause,
  });
