import { dirname } from 'node:path';
import { plural } from 'd1-core/report';
import { isUnannounced } from 'd1-core/loss';
import { lossPhrase } from '../loss/index.ts';
import { plannedState, type PlannedState } from '../approval/index.ts';
import {
  takeBookmark,
  blockedError,
  findBlockers,
  rememberFiles,
  pendingFiles,
  readSurvey,
} from '../survey/index.ts';
import { brokenQueries, compareQueries, HOW_TO_SPLIT, type QueriesCheck } from '../queries/index.ts';
import {
  rehearse,
  type RehearsalSource,
  type RehearseRequest,
  type RehearseResult,
} from '../rehearse/index.ts';
import { findBranch, findCiRun } from 'd1-core/git';
import { type Identify } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import { lintPending } from './lint-pending.ts';
import type { Plan, PlannedFinding, PlanProblem } from './plan.ts';

export interface PlanRequest {
  readonly target: Target;
  readonly workspaceRoot: string;
  readonly identify: Identify;
  /** Where the data of the rehearsal comes from. */
  readonly source: RehearsalSource;
  /** Git refs of the code that is deployed, beside what the journal says. */
  readonly deployed?: readonly string[] | undefined;
  /** How many broken queries somebody has accepted. */
  readonly acceptBrokenQueries?: number | undefined;
  readonly onProgress?: RehearseRequest['onProgress'];
}

/**
 * Finds out what a migrate would do: what is pending, what the linter says of it, what it does to a copy of the data, and
 * which ways back there are. Writes nothing into the database.
 */
export async function makePlan(request: PlanRequest): Promise<Plan> {
  const { target, workspaceRoot, identify, source, onProgress } = request;
  const survey = await readSurvey(target);
  const pending = pendingFiles(survey);
  const blocked = blockedError(await findBlockers(survey));
  if (blocked !== undefined) throw blocked;
  const requireSameFiles = rememberFiles(survey, pending);
  const { actor, commit, pluginVersion } = await identify();
  const state = await plannedState(survey, pending, pluginVersion);
  const bookmark = target.environment.location === 'remote' ? await takeBookmark(target) : null;
  const origin = {
    time: new Date().toISOString(),
    actor,
    commit,
    branch: await findBranch(dirname(target.environment.configFile)),
    ciRun: findCiRun(),
  };
  const plan = { target, origin, state, bookmark };
  if (pending.length === 0) {
    return {
      ...plan,
      findings: [],
      rehearsal: undefined,
      queries: undefined,
      schemaAfter: state.schema,
      problems: [],
    };
  }
  const findings = await lintPending(target, pending, workspaceRoot);
  const { deployed, acceptBrokenQueries } = request;
  // No code is deployed to a developer's machine.
  const isAsked = target.environment.location === 'remote' || (deployed ?? []).length > 0;
  const queries = isAsked
    ? await compareQueries({ target, state: survey.state, pending, deployed })
    : undefined;
  const rehearsal = await rehearse({ target, source, files: survey.files, onProgress });
  // The linter has read them for itself.
  requireSameFiles();
  const schemas = new Map(rehearsal.migrations.map(({ name, schema }) => [name, schema]));
  const migrations = state.migrations.map((one) => ({ ...one, schema: schemas.get(one.name) }));
  return {
    ...plan,
    state: { ...state, migrations },
    findings,
    rehearsal,
    queries,
    schemaAfter: rehearsal.outcome === 'failed' ? null : rehearsal.schema.after,
    problems: [
      ...lintProblems(findings),
      ...rehearsalProblems(rehearsal, state),
      ...(queries === undefined ? [] : queryProblems(queries, target, acceptBrokenQueries)),
    ],
  };
}

function lintProblems(findings: readonly PlannedFinding[]): readonly PlanProblem[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.length === 0
    ? []
    : [{ code: 'lint', message: `The linter finds ${plural(errors.length, 'error')}.` }];
}

/** A migration that needs a deployment first is no problem of the plan: the order is part of it. */
function queryProblems(
  check: QueriesCheck,
  { environment }: Target,
  accepted: number | undefined,
): readonly PlanProblem[] {
  const { order, problem } = check;
  const message =
    problem !== undefined && environment.protected
      ? `What it does to the queries of the deployed code is not known: ${problem.message} ${problem.fix}`
      : order !== undefined && order.migrateFirst === undefined && accepted !== brokenQueries(check).length
        ? `It breaks queries, and no order of migrations and deployment is safe. ${HOW_TO_SPLIT.join(' ')}`
        : undefined;
  return message === undefined ? [] : [{ code: 'queries', message }];
}

function rehearsalProblems(rehearsal: RehearseResult, state: PlannedState): readonly PlanProblem[] {
  const { outcome, error, migrations, schema, source } = rehearsal;
  const planned = state.migrations.map(({ name }) => name).join(', ');
  const rehearsed = migrations.map(({ name }) => name).join(', ');
  if (schema.before !== state.schema || rehearsed !== planned) {
    const message = `The rehearsal was on ${source.name}, whose schema or history is not that of the database.`;
    return [{ code: 'other-data', message }];
  }
  if (outcome === 'failed') {
    const reason = error?.message ?? 'it gives no reason';
    return [{ code: 'rehearsal', message: `The rehearsal failed: ${reason}` }];
  }
  if (outcome === 'broken') {
    const message =
      'After the rehearsal foreign keys point to no row, a search does not find what is there, or our own tables are not what they were.';
    return [{ code: 'rehearsal', message }];
  }
  if (outcome !== 'lost-rows') return [];
  const losses = migrations.flatMap((migration) => migration.losses.filter(isUnannounced));
  return [{ code: 'rehearsal', message: `${lossPhrase(losses)} would be lost, and nothing announces it.` }];
}
