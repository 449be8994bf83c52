import type { D1 } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  forgetStatement,
  journalStatements,
  readDatabaseState,
  recordFlaws,
  stampStatements,
  type NewJournalEntry,
  type OwnRecords,
} from 'd1-core/records';
import { quoteIdentifier, quoteText, type Tokenize } from 'd1-core/sql';
import { takeBookmark, type Survey } from '../survey/index.ts';
import { type MigrationStep, readActualSchema, schemaDifference } from '../replay/index.ts';
import { retryRead, withLock, type LockedDatabase, type RunIdentity } from 'd1-core/run';
import { takeSnapshot } from 'd1-core/snapshot';
import { localDatabase, remoteDatabase, type Target } from 'd1-core/target';
import type { RollbackPlan, RollbackRequest, RollbackResult, RolledBackMigration } from './request.ts';
import type { UsableScript } from './scripts.ts';

/** Runs the scripts one after the other, up to the first that fails, and reads history and schema again. */
export async function runScripts(
  d1: D1,
  { survey, scripts }: RollbackPlan,
  steps: readonly MigrationStep[],
  { target, identify, onBookmark, onBegin }: RollbackRequest,
  tokenize: Tokenize,
): Promise<Omit<RollbackResult, 'plan'>> {
  const names = scripts.map(({ name }) => name);
  const table = target.database.migrationsTable;
  const isRemote = d1.location === 'remote';
  const bookmark = isRemote ? await takeBookmark(target) : null;
  if (bookmark !== null) onBookmark?.(bookmark);
  const snapshot = isRemote
    ? null
    : ((
        await takeSnapshot(
          localDatabase(target),
          names.map((name) => `rollback of ${name}`),
        )
      )?.id ?? null);
  await onBegin?.({ bookmark, migrations: names.map((name) => ({ name, outcome: 'not-run' })) });
  const identity = await identify();
  const entry = (script: UsableScript, outcome: NewJournalEntry['outcome']) =>
    journalEntry(target, identity, script, outcome, bookmark);

  const warnings: string[] = [];
  const runAll = async ({ write }: LockedDatabase) => {
    const [first] = scripts;
    if (first === undefined) return undefined;
    await write(
      [
        ...stampStatements(target.environment.name),
        ...journalStatements(scripts.map((script) => entry(script, 'started'))),
      ],
      { condition: isLast(table, first.name) },
    );
    for (const script of scripts) {
      const statements = [
        ...script.statements,
        forgetStatement(table, script.name),
        ...journalStatements([entry(script, 'applied')]),
      ];
      try {
        await write(statements, {
          condition: isLast(table, script.name),
          remote: isRemote ? remoteDatabase(target) : undefined,
        });
      } catch (error) {
        if (!isD1Error(error)) throw error;
        return { name: script.name, error };
      }
    }
    return undefined;
  };
  const failure = await withLock(d1, identity, runAll, (warning) => warnings.push(warning));

  const after = await readAfter(d1, table, { bookmark, snapshot });
  const left = new Set(after.history.map(({ name }) => name));
  const migrations = names.map((name): RolledBackMigration => {
    if (!left.has(name)) return { name, outcome: 'rolled-back' };
    return { name, outcome: name === failure?.name ? 'failed' : 'not-run' };
  });
  const done = migrations.filter(({ outcome }) => outcome === 'rolled-back').map(({ name }) => name);
  const error =
    (failure !== undefined && left.has(failure.name)
      ? explain(failure, done, { bookmark, snapshot })
      : undefined) ??
    (await verify(d1, target, steps, done, tokenize, { bookmark, snapshot })) ??
    recordsError(survey, names, after, { bookmark, snapshot });
  return {
    outcome: error === undefined && done.length === names.length ? 'rolled-back' : 'failed',
    migrations,
    error,
    warnings,
    bookmark,
    snapshot,
  };
}

/** A condition: a migration is the last one in the history. */
const isLast = (historyTable: string, name: string): string =>
  `(SELECT name FROM ${quoteIdentifier(historyTable)} ORDER BY id DESC LIMIT 1) = ${quoteText(name)}`;

/** What the tools have noted in the database now. */
async function readAfter(d1: D1, table: string, before: Before): Promise<OwnRecords> {
  try {
    return await retryRead(() => readDatabaseState(d1, table));
  } catch (cause) {
    if (!isD1Error(cause)) throw cause;
    throw new D1Error({
      code: 'outcome-unknown',
      message: `The scripts were sent, but the history could not be read again: ${cause.message}`,
      fix: `Look with "${commandLine('d1-migrate:status')}" what is applied before you run anything else.`,
      notes: [...wayBack(before), ...cause.notes],
      cause,
    });
  }
}

interface Before {
  readonly bookmark: string | null;
  readonly snapshot: string | null;
}

/** The schema has to be the one before the oldest migration that was rolled back. */
async function verify(
  d1: D1,
  { database }: Target,
  steps: readonly MigrationStep[],
  done: readonly string[],
  tokenize: Tokenize,
  before: Before,
): Promise<D1Error | undefined> {
  const oldest = steps.find(({ file }) => file.name === done.at(-1));
  if (oldest === undefined) return undefined;
  const actual = await retryRead(() => readActualSchema(d1, database.migrationsTable));
  const difference = schemaDifference(oldest.before, actual, tokenize);
  if (difference === undefined) return undefined;
  return new D1Error({
    code: 'not-as-before',
    message: `After the rollback the schema is not what it was before ${oldest.file.name}: ${difference}.`,
    fix: `See with "${commandLine('d1-migrate:status')}" what differs.`,
    notes: wayBack(before),
  });
}

/** The scripts have left the history of the other migrations, the journal and the stamp alone. */
function recordsError(
  { state, target }: Survey,
  names: readonly string[],
  after: OwnRecords,
  before: Before,
): D1Error | undefined {
  const history = state.history.filter(({ name }) => !names.includes(name));
  const flaws = recordFlaws(
    { ...state, history, stamp: state.stamp ?? target.environment.name },
    after,
    names,
  );
  if (flaws.length === 0) return undefined;
  return new D1Error({
    code: 'not-as-before',
    message: flaws.join(' '),
    fix: `See with "${commandLine('d1-migrate:status', '--history')}" what was done.`,
    notes: wayBack(before),
  });
}

function explain(
  { name, error: cause }: { readonly name: string; readonly error: D1Error },
  done: readonly string[],
  before: Before,
): D1Error {
  const state =
    done.length === 0
      ? 'Nothing was changed.'
      : `Rolled back before it: ${done.join(', ')}; nothing of ${name}.`;
  return new D1Error({
    code: cause.code,
    message: `The rollback script of ${name} failed: ${cause.message}`,
    fix: cause.fix,
    notes: [state, ...wayBack(before), ...cause.notes],
    exitCode: cause.exitCode,
    cause,
  });
}

function wayBack({ bookmark, snapshot }: Before): readonly string[] {
  if (bookmark !== null) return [`The bookmark from before this run: ${bookmark}`];
  return snapshot === null ? [] : ['"rollback --strategy=snapshot" goes back to before this run.'];
}

/** The checksums of what is applied stay those of the row that applied it. */
const journalEntry = (
  { wrangler }: Target,
  identity: RunIdentity,
  { name, class: kind }: UsableScript,
  outcome: NewJournalEntry['outcome'],
  bookmark: string | null,
): NewJournalEntry => ({
  ...identity,
  action: 'rollback',
  migration: name,
  outcome,
  rawChecksum: null,
  tokenChecksum: null,
  bookmark,
  wranglerVersion: wrangler.version,
  durationMs: null,
  detail: JSON.stringify({ class: kind }),
});
