import { type D1, restoreBookmark } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  isHistory,
  journalStatements,
  lastLock,
  readDatabaseState,
  readLockStatement,
} from 'd1-core/records';
import { type Identify, releaseLock, retryRead, type RunIdentity, runIf, takeLock } from 'd1-core/run';
import { listSnapshots, restoreSnapshot, type Snapshot } from 'd1-core/snapshot';
import { localDatabase, openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { takeBookmark, readSurvey, type Survey } from '../survey/index.ts';
import { bookmarkBefore, type KnownBookmark } from './other-ways.ts';
import type { RollbackChange } from './request.ts';

/** A moment to which a whole database can go back. */
export type WayBack =
  | { readonly strategy: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly strategy: 'time-travel'; readonly bookmark: KnownBookmark };

export interface GoBackRequest {
  readonly target: Target;
  readonly strategy: WayBack['strategy'];
  readonly identify: Identify;
  readonly dryRun: boolean;
  readonly approve: (before: Survey, way: WayBack) => Promise<void>;
  /** Is told the bookmark of a remote database before it is restored. */
  readonly onBookmark?: ((bookmark: string) => void) | undefined;
  readonly onBegin?: ((change: RollbackChange) => Promise<void>) | undefined;
}

export interface GoBackResult {
  readonly target: Target;
  readonly way: WayBack;
  readonly outcome: 'dry-run' | 'restored';
  /** The last migration in the history now. */
  readonly last: string | undefined;
  /** What undoes this: the bookmark, or the id of the snapshot, from before it. */
  readonly undo: string | undefined;
  readonly warnings: readonly string[];
}

/** Restores the whole database from before its last migrate; every write since is lost. */
export async function goBack(request: GoBackRequest): Promise<GoBackResult> {
  const { target, strategy, identify, approve, dryRun } = request;
  const before = await readSurvey(target);
  const way = await findWay(before, strategy);
  await approve(before, way);
  if (dryRun) {
    return { target, way, outcome: 'dry-run', last: lastOf(before), undo: undefined, warnings: [] };
  }
  const undo = way.strategy === 'time-travel' ? await takeBookmark(target) : undefined;
  if (undo !== undefined) request.onBookmark?.(undo);
  const migrations = before.state.history.map(({ name }) => ({ name, outcome: 'not-run' as const }));
  await request.onBegin?.({ bookmark: undo ?? null, migrations });
  const done = { target, way, outcome: 'restored' } as const;
  if (way.strategy === 'snapshot') {
    const { replaced } = await restoreSnapshot(localDatabase(target), way.snapshot.id);
    return { ...done, undo: replaced?.id, ...(await note(request, way, replaced?.id)) };
  }
  await timeTravel(before, await identify(), way.bookmark.bookmark);
  return { ...done, undo, ...(await note(request, way, undo)) };
}

const lastOf = ({ state }: Survey): string | undefined => state.history.at(-1)?.name;

async function findWay(before: Survey, strategy: WayBack['strategy']): Promise<WayBack> {
  const { environment } = before.target;
  if ((strategy === 'snapshot') !== (environment.location === 'local')) {
    throw new D1Error({
      code: 'wrong-strategy',
      message: `${environment.name} is ${environment.location}: it has no ${strategy === 'snapshot' ? 'snapshots' : 'Time Travel'}.`,
      fix: `--strategy=${strategy === 'snapshot' ? 'time-travel' : 'snapshot'}`,
      exitCode: 2,
    });
  }
  if (strategy === 'snapshot') {
    const [snapshot] = await listSnapshots(localDatabase(before.target));
    if (snapshot !== undefined) return { strategy, snapshot };
    throw nothingThere(
      'There is no snapshot of this local database.',
      `Rebuild it with "${commandLine('d1-migrate:reset')}".`,
    );
  }
  const bookmark = bookmarkBefore(before, lastOf(before) ?? '');
  if (bookmark !== undefined) return { strategy, bookmark };
  throw nothingThere(
    'The journal has no bookmark from before the last migration.',
    'Any moment of the last 30 days (7 on the free plan) is possible: npx wrangler d1 time-travel info <database> --timestamp=<time>',
  );
}

const nothingThere = (message: string, fix: string): D1Error =>
  new D1Error({ code: 'no-way-back', message, fix, exitCode: 2 });

/** The journal went back with the database: the restore is noted in what it is now. */
async function note(
  { target, identify }: GoBackRequest,
  way: WayBack,
  undo: string | undefined,
): Promise<{ last: string | undefined; warnings: readonly string[] }> {
  const d1 = openTarget(target);
  try {
    const { history } = await retryRead(() => readDatabaseState(d1, target.database.migrationsTable));
    const last = history.at(-1)?.name;
    const entry = {
      ...(await identify()),
      action: 'restore',
      migration: null,
      outcome: 'applied',
      rawChecksum: null,
      tokenChecksum: null,
      bookmark: way.strategy === 'time-travel' ? way.bookmark.bookmark : null,
      wranglerVersion: target.wrangler.version,
      durationMs: null,
      detail: JSON.stringify({ strategy: way.strategy, undo }),
    } as const;
    const warnings = await d1.batch(journalStatements([entry])).then(
      () => [],
      () => ['The restore could not be noted in the journal.'],
    );
    return { last, warnings };
  } finally {
    await d1.close();
  }
}

/** Seconds: longer than the request for a restore may take. */
const LOCK_SECONDS = 900;

/**
 * Restores a remote database while this run holds its lock. The lock goes with what is restored, which is from before it
 * was taken: so it also tells whether the database was restored where the answer was lost.
 */
async function timeTravel({ target, state }: Survey, identity: RunIdentity, bookmark: string): Promise<void> {
  const d1 = openTarget(target);
  const lock = await takeLock(d1, identity, LOCK_SECONDS);
  try {
    const condition = isHistory(target.database.migrationsTable, state.history);
    await runIf(d1, [], { lock, condition });
    await restoreBookmark(remoteDatabase(target), bookmark);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    if (!(await isLocked(d1, identity, error))) return;
    await releaseLock(d1, identity).catch(() => undefined); // It ends by itself.
    throw withNote(error, 'Nothing was restored.');
  }
}

async function isLocked(d1: D1, { run }: RunIdentity, cause: D1Error): Promise<boolean> {
  try {
    const [rows = []] = await retryRead(() => d1.batch([readLockStatement]));
    return lastLock(rows)?.run === run;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    // A state from before the first migrate has no table for the lock.
    if (error.message.includes('no such table')) return false;
    throw new D1Error({
      code: 'outcome-unknown',
      message: `Whether the database was restored is not known: ${cause.message}`,
      fix: `Look with "${commandLine('d1-migrate:status')}" what is applied before you run anything else.`,
      notes: cause.notes,
      cause,
    });
  }
}

function withNote(error: D1Error, note: string): D1Error {
  const { code, message, fix, exitCode, location, notes, cause } = error;
  return new D1Error({ code, message, fix, exitCode, location, cause, notes: [note, ...notes] });
}
