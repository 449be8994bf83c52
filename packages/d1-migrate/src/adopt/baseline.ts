import type { D1 } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import {
  createHistoryStatement,
  forgetStatement,
  isHistory,
  journalStatements,
  recordStatement,
  stampStatements,
} from 'd1-core/records';
import { type MigrationFile, requireTaken } from 'd1-core/migrations';
import { type Identify, type LockedDatabase, withLock } from 'd1-core/run';
import { loadTokenizer } from 'd1-core/sql';
import { openTarget, type Target } from 'd1-core/target';
import { type MigrationStep, replayMigrations } from '../replay/index.ts';
import { journalEntries, type JournalEvent, record } from '../apply/index.ts';
import { takeBookmark, isIgnored, readIgnored, survey, type Survey, surveySchema } from '../survey/index.ts';
import { chooseLast } from './find-last.ts';

export interface BaselineRequest {
  readonly target: Target;
  readonly identify: Identify;
  /** The number or name of the last migration that the database has; found by its schema when it is left out. */
  readonly to?: string | undefined;
  /** Take what has no file here out of the history, and the files as they are for what was applied. */
  readonly replaceHistory: boolean;
  readonly dryRun: boolean;
  /** Shows the plan and gets the consent for it; throws when there is none. */
  readonly approve: (plan: BaselinePlan) => Promise<void>;
  /** Is told what is about to be written; when it throws, nothing is. */
  readonly onBegin?: ((change: BaselineChange) => Promise<void>) | undefined;
}

/** What is going to be written into the history. */
export interface BaselinePlan {
  readonly survey: Survey;
  /** The last migration that the database has. */
  readonly last: MigrationFile;
  /** Migrations that are recorded as applied, in order. */
  readonly recorded: readonly string[];
  /** Applied migrations whose file is another one now: the journal takes it for what was applied. */
  readonly accepted: readonly string[];
  /** Names that are taken out. */
  readonly forgotten: readonly string[];
}

interface BaselineChange {
  readonly bookmark: string | null;
  readonly migrations: readonly { readonly name: string; readonly outcome: 'not-run' }[];
}

export interface BaselineResult {
  readonly plan: BaselinePlan;
  readonly outcome: 'nothing-to-record' | 'dry-run' | 'recorded';
  /** From before it; null for a local database. */
  readonly bookmark: string | null;
  readonly warnings: readonly string[];
}

/**
 * Gives a database the history that its schema says it has, without running anything. Refuses where the schema is not
 * what the migrations give.
 */
export async function baseline(request: BaselineRequest): Promise<BaselineResult> {
  const { target, to, approve, dryRun } = request;
  const d1 = openTarget(target);
  try {
    const before = await survey(target, d1);
    requireTaken(before.findings);
    const plan = await planBaseline(before, to, request.replaceHistory);
    const nothing = { plan, bookmark: null, warnings: [] };
    if (plan.recorded.length + plan.accepted.length + plan.forgotten.length === 0)
      return { ...nothing, outcome: 'nothing-to-record' };
    await approve(plan);
    if (dryRun) return { ...nothing, outcome: 'dry-run' };
    return { plan, outcome: 'recorded', ...(await writeHistory(d1, plan, request)) };
  } finally {
    await d1.close();
  }
}

async function planBaseline(
  before: Survey,
  to: string | undefined,
  replaceHistory: boolean,
): Promise<BaselinePlan> {
  const { files, state, target } = before;
  const [replayed, actual, tokenize] = await Promise.all([
    replayMigrations(files),
    surveySchema(before),
    loadTokenizer(),
  ]);
  if (actual.objects().length === 0) throw emptyDatabase();
  const accepted = readIgnored(target.database.migrationsDir);
  const last = chooseLast(to, {
    steps: usableSteps(replayed),
    actual,
    tokenize,
    isAccepted: (change) => isIgnored(change, accepted),
  });
  const known = new Set(state.history.map(({ name }) => name));
  const names = files.map(({ name }) => name);
  const upToLast = names.slice(0, names.indexOf(last.name) + 1);
  const others = [...known].filter((name) => !upToLast.includes(name));
  const modified = before.migrations.filter(
    ({ name, state: found }) => (found === 'modified' || found === 'unknown') && upToLast.includes(name),
  );
  const replaced = [...others, ...modified.map(({ name }) => name)];
  if (replaced.length > 0 && !replaceHistory) throw otherRows(replaced, last);
  return {
    survey: before,
    last,
    recorded: upToLast.filter((name) => !known.has(name)),
    accepted: modified.map(({ name }) => name),
    forgotten: others,
  };
}

/** After a migration that cannot be replayed nothing is known of the schema. */
function usableSteps(steps: readonly MigrationStep[]): readonly MigrationStep[] {
  const failed = steps.findIndex(({ failure }) => failure !== undefined);
  const usable = failed < 0 ? steps : steps.slice(0, failed);
  const [first] = steps;
  if (usable.length > 0) return usable;
  if (first === undefined) {
    throw new D1Error({
      code: 'no-migrations',
      message: 'There are no migrations that could be recorded.',
      fix: `Make the first one from the database: ${commandLine('d1-migrate:adopt')}`,
      exitCode: 2,
    });
  }
  throw new D1Error({
    code: 'cannot-replay',
    message: `${first.file.name} does not run: ${first.failure?.message ?? ''}.`,
    fix: `Correct it; "${commandLine('d1-lint:lint')}" says more.`,
    location: { file: first.file.path, line: first.failure?.line },
  });
}

const emptyDatabase = (): D1Error =>
  new D1Error({
    code: 'database-empty',
    message: 'This database has no tables yet: there is nothing to record.',
    fix: `Run "${commandLine('d1-migrate:migrate')}": it applies the migrations from the first one on.`,
    notes: ['Nothing was changed.'],
  });

const otherRows = (names: readonly string[], last: MigrationFile): D1Error =>
  new D1Error({
    code: 'history-has-others',
    message: `The history has what does not belong to the migrations up to ${last.name}, or was applied from other files: ${names.join(', ')}.`,
    fix: 'If it is from before these migrations, replace it with --replaceHistory; the journal keeps the names.',
    notes: ['Nothing was changed.'],
  });

/** Rows of the journal that go with the history, in one transaction; the others follow. */
const FIRST_ROWS = 100;

/** Writes history and journal, while nobody else changes the database. */
async function writeHistory(
  d1: D1,
  { survey, recorded, accepted, forgotten }: BaselinePlan,
  { target, identify, onBegin }: BaselineRequest,
): Promise<Pick<BaselineResult, 'bookmark' | 'warnings'>> {
  const bookmark = d1.location === 'remote' ? await takeBookmark(target) : null;
  await onBegin?.({ bookmark, migrations: recorded.map((name) => ({ name, outcome: 'not-run' })) });
  const identity = await identify();
  const table = target.database.migrationsTable;
  const events = [...recorded, ...accepted].map((migration, index): JournalEvent => ({
    action: 'adopt',
    migration,
    outcome: 'applied',
    detail: { baseline: true, ...(index === 0 && forgotten.length > 0 ? { forgotten } : {}) },
  }));
  const warnings: string[] = [];
  const writeAll = async ({ write }: LockedDatabase) => {
    // First and alone, because the condition reads it.
    await write([createHistoryStatement(table, { quoted: target.wrangler.can.quotesHistoryTable })]);
    await write(
      [
        ...stampStatements(target.environment.name),
        ...forgotten.map((name) => forgetStatement(table, name)),
        ...recorded.map((name) => recordStatement(table, name)),
        ...journalStatements(journalEntries(survey, identity, events.slice(0, FIRST_ROWS), bookmark)),
      ],
      { condition: isHistory(table, survey.state.history) },
    );
    await record({ d1, before: survey, identity, bookmark, write }, events.slice(FIRST_ROWS));
  };
  await withLock(d1, identity, writeAll, (warning) => warnings.push(warning));
  return { bookmark, warnings };
}
