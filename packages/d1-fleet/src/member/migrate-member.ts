import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  createHistoryStatement,
  createJournalStatement,
  heldLock,
  isWholeAndOf,
  JOURNAL_TABLE,
  journalStatements,
  NOBODY_HOLDS_LOCK,
  readLockStatement,
  recordStatement,
  requireLock,
  requireStatement,
  stampStatements,
  type NewJournalEntry,
} from 'd1-core/records';
import { isPassing, type RunIdentity } from 'd1-core/run';
import { quoteIdentifier, quoteText } from 'd1-core/sql';
import type { DesiredMigration } from './desired.ts';
import { lookAt, lookFrom, lookStatements, type FleetTarget, type Look } from './look.ts';

/** What became of a member. `look` is what it is now. */
export type Outcome =
  /** This run has applied migrations: `look.mine`. */
  | { readonly kind: 'applied'; readonly look: Look }
  /** It had them all, perhaps since another run a moment ago. */
  | { readonly kind: 'current'; readonly look: Look }
  /** Something blocks it, as `look.standing` says. Nothing was changed. */
  | { readonly kind: 'refused'; readonly look: Look }
  /** A request failed, and nothing of it is there. */
  | { readonly kind: 'failed'; readonly error: D1Error; readonly look: Look }
  /** The database could not be read, perhaps after a request whose answer was lost: then nobody knows what is there. */
  | { readonly kind: 'failed'; readonly error: D1Error; readonly look: undefined };

export interface MemberRun extends FleetTarget {
  readonly identity: RunIdentity;
  readonly wranglerVersion: string;
  /** Whether wrangler quotes the name of its history when it creates it. */
  readonly quotesHistoryTable: boolean;
  /** Whether a member that looks so may be migrated: what a plan approves. All may without it. */
  readonly allows?: ((look: Look) => boolean) | undefined;
}

/**
 * Bytes of SQL in one request; a longer migration is one of its own. Cloudflare documents a limit of 100,000 bytes a statement, and
 * none of the request: https://developers.cloudflare.com/d1/platform/limits/
 */
const REQUEST_BYTES = 500_000;

/** Times that a request is sent which Cloudflare could not answer, and of which it is known that nothing was done. */
const ATTEMPTS = 3;

/**
 * Brings one member to the newest migration. What is done in one request is one transaction: it requires that the member is as it
 * was seen, writes each name into the history, which takes a name only once, and then runs its statements. So a second run on
 * another machine, or the same request sent twice, changes nothing.
 *
 * A member that was seen before, and is behind, takes one request; without `seen` it takes one more to look.
 * What the database says becomes the outcome; nothing but defects is thrown.
 */
export async function migrateMember(d1: D1, run: MemberRun, seen?: Look): Promise<Outcome> {
  let look: Look;
  let isOld = seen !== undefined;
  try {
    look = seen ?? (await lookAt(d1, run, run.identity.run));
    for (let attempts = 1; look.standing.state === 'behind';) {
      const before: Look = look;
      // What this run has begun it ends: then the member is not any more what the plan saw.
      if (look.mine.length === 0 && run.allows?.(look) === false) return { kind: 'refused', look };
      const { pending } = look.standing;
      const answer = await send(d1, run, before, firstRequest(pending));
      look = answer instanceof D1Error ? await lookAt(d1, run, run.identity.run) : answer;
      if (!(answer instanceof D1Error) || look.standing.state !== 'behind') continue;
      const isSame = look.journal === before.journal && look.history.length === before.history.length;
      // Nothing was done, and Cloudflare was only too busy; or what was seen long ago is no longer so.
      const mayTryAgain = isSame ? isPassing(answer) && attempts < ATTEMPTS : isOld;
      if (!mayTryAgain) return { kind: 'failed', error: await explain(d1, run, answer), look };
      attempts += 1;
      isOld = false;
    }
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return { kind: 'failed', error, look: undefined };
  }
  if (look.standing.state !== 'current') return { kind: 'refused', look };
  return { kind: look.mine.length > 0 ? 'applied' : 'current', look };
}

/** As many migrations as one request takes, and at least one. */
function firstRequest(pending: readonly DesiredMigration[]): readonly DesiredMigration[] {
  let bytes = 0;
  const first = pending.findIndex(({ statements }, index) => {
    for (const statement of statements) bytes += Buffer.byteLength(statement);
    return index > 0 && bytes > REQUEST_BYTES;
  });
  return first < 0 ? pending : pending.slice(0, first);
}

/** Applies migrations in one request. Returns what the member is then, or why nothing was done. */
async function send(
  d1: D1,
  run: MemberRun,
  before: Look,
  migrations: readonly DesiredMigration[],
): Promise<Look | D1Error> {
  const { historyTable, environment, identity } = run;
  const reads = lookStatements(run);
  const statements = [
    createHistoryStatement(historyTable, { quoted: run.quotesHistoryTable }),
    createJournalStatement,
    ...stampStatements(environment),
    requireStatement(
      [isWholeAndOf(environment), NOBODY_HOLDS_LOCK, isAsSeen(historyTable, before)].join(' AND '),
    ),
    ...migrations.flatMap(({ name, statements: own }) => [recordStatement(historyTable, name), ...own]),
    ...journalStatements(migrations.map((migration) => journalEntry(run, migration))),
    ...reads,
  ];
  try {
    const answers = await d1.batch(statements);
    return await lookFrom(answers.slice(-reads.length), run, identity.run);
  } catch (error) {
    if (isD1Error(error)) return error;
    throw error;
  }
}

const isAsSeen = (historyTable: string, { history, journal }: Look): string =>
  `(SELECT ifnull(group_concat(name, char(10)), '') FROM (SELECT name FROM ${quoteIdentifier(historyTable)} ORDER BY id)) = ${quoteText(history.join('\n'))}` +
  ` AND (SELECT ifnull(max(id), 0) FROM ${JOURNAL_TABLE}) = ${journal}`;

/** There is no bookmark: reading one would be a second request. Time Travel goes back to a time as well. */
const journalEntry = (
  { identity, wranglerVersion }: MemberRun,
  { name, checksums }: DesiredMigration,
): NewJournalEntry => ({
  run: identity.run,
  action: 'migrate',
  migration: name,
  outcome: 'applied',
  rawChecksum: checksums.raw,
  tokenChecksum: checksums.tokens,
  bookmark: null,
  actor: identity.actor,
  commit: identity.commit,
  wranglerVersion,
  pluginVersion: identity.pluginVersion,
  durationMs: null,
  detail: null,
});

/** A member that somebody is changing just now fails as one that is not as it was seen: the lock says which it is. */
async function explain(d1: D1, { identity }: MemberRun, error: D1Error): Promise<D1Error> {
  if (!error.message.includes('malformed JSON')) return error;
  try {
    const [lock = []] = await d1.batch([readLockStatement]);
    const held = heldLock(lock);
    if (held !== undefined) requireLock(held, identity.run);
  } catch (refusal) {
    if (isD1Error(refusal) && refusal.code === 'locked') return refusal;
  }
  return error;
}
