import type { D1 } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { ownTableChanges } from 'd1-core/records';
import { loadTokenizer } from 'd1-core/sql';
import { openTarget, type Target } from 'd1-core/target';
import { survey, surveySchema } from '../survey/index.ts';
import { expectedSteps, type MigrationStep } from '../replay/index.ts';
import { checkDrift, countLosses, requireAccepted } from './checks.ts';
import type { RollbackPlan, RollbackRequest, RollbackResult } from './request.ts';
import { runScripts } from './run-scripts.ts';
import { selectMigrations, usableScript, type UsableScript } from './scripts.ts';

/** Rolls migrations back by their scripts, each together with its row of the history, and checks the result. */
export async function rollback(request: RollbackRequest): Promise<RollbackResult> {
  const d1 = openTarget(request.target);
  try {
    return await rollbackIn(d1, request);
  } finally {
    await d1.close();
  }
}

/** The same, in a database that is open. */
export async function rollbackIn(d1: D1, request: RollbackRequest): Promise<RollbackResult> {
  const { target, approve, dryRun } = request;
  const tokenize = await loadTokenizer();
  const before = await survey(target, d1);
  const names = selectMigrations(before.state.history, request);
  const scripts = names.map((name) => usableScript(before, name, tokenize));
  for (const script of scripts) await requireForeignToRecords(script, target);
  const finish = (
    result: Pick<RollbackResult, 'outcome' | 'plan'> & Partial<RollbackResult>,
  ): RollbackResult => ({
    migrations: names.map((name) => ({ name, outcome: 'not-run' })),
    error: undefined,
    warnings: [],
    bookmark: null,
    snapshot: null,
    ...result,
  });
  if (scripts.length === 0) {
    const plan = { survey: before, scripts, losses: [], unchecked: [] };
    return finish({ outcome: 'nothing-applied', plan });
  }

  const expected = await expectedSteps(before);
  const actual = await surveySchema(before);
  checkDrift(expected, actual, before, names, tokenize);
  const steps: readonly MigrationStep[] = expected.outcome === 'known' ? expected.steps : [];
  const going = steps.filter(({ file }) => names.includes(file.name));
  const plan: RollbackPlan = {
    survey: before,
    scripts,
    losses: await countLosses(d1, going, actual, tokenize),
    unchecked:
      expected.outcome === 'known'
        ? []
        : [
            `whether the schema is as the migrations left it, and how many rows will be lost: ${expected.reason}`,
          ],
  };
  requireAccepted(plan, request.acceptDataLoss, dryRun);
  await approve(plan);
  if (dryRun) return finish({ outcome: 'dry-run', plan });
  const result = await runScripts(d1, plan, steps, request, tokenize);
  return finish({ plan, ...result });
}

/** A script undoes what its migration did, and leaves what the tools note of it to the rollback. */
async function requireForeignToRecords(
  { name, path, statements }: UsableScript,
  { database }: Target,
): Promise<void> {
  const [change] = await ownTableChanges(statements.join(';\n'), database.migrationsTable);
  if (change === undefined) return;
  throw new D1Error({
    code: 'touches-own-table',
    message: `The rollback script of ${name} changes ${change.table}, where the tools note what is applied.`,
    fix: `Remove the statement; ${commandLine('d1-migrate:rollback-script', name, '--overwrite')} writes the script again, and proves it.`,
    location: path === undefined ? undefined : { file: path },
    notes: ['Nothing was changed.'],
  });
}
