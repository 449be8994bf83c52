import { D1Error } from 'd1-core/errors';
import { plural } from 'd1-core/report';
import type { Target } from 'd1-core/target';
import {
  brokenQueries,
  compareQueries,
  describeQueries,
  HOW_TO_SPLIT,
  installedQueries,
  isNotPossible,
  liveDatabase,
  queriesDocument,
  type QueriesCheck,
} from '../queries/index.ts';
import { pendingFiles, readSurvey } from '../survey/index.ts';
import type { Step } from './steps.ts';

/** The pending migrations of one database, on both sides of the deployment. */
export interface Sides {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** How many broken queries somebody has accepted, where no order is safe. */
  readonly accepted: number | undefined;
}

export interface OrderRequest {
  /** Git refs of the code that is deployed, beside what the journal says. */
  readonly deployed?: readonly string[] | undefined;
  readonly acceptBrokenQueries?: number | undefined;
  /** Files of the work tree that are in no commit. */
  readonly changed: number;
  readonly show: (lines: readonly string[]) => void;
}

/**
 * The step that decides what is migrated before the deployment, and what after it; `sides` gets it. It throws D1Error `breaks-queries`
 * where no order is safe, and `uncommitted-changes` where nobody could say later which code the rest was compared with.
 */
export const orderStep = (sides: Map<Target, Sides>, request: OrderRequest): Step => ({
  name: 'compare',
  async run(target) {
    const survey = await readSurvey(target);
    const pending = pendingFiles(survey);
    const names = pending.map(({ name }) => name);
    if (pending.length === 0) {
      sides.set(target, { before: [], after: [], accepted: undefined });
      return { exitCode: 0, document: {} };
    }
    const { deployed, acceptBrokenQueries, show } = request;
    const check = await compareQueries({ target, state: survey.state, pending, deployed });
    show(describeQueries(check));
    const { first, accepted } = migratedFirst(target, check, names.length, acceptBrokenQueries);
    const after = names.slice(first);
    if (after.length > 0 && request.changed > 0 && target.environment.protected)
      throw uncommitted(target, after, request.changed);
    sides.set(target, { before: names.slice(0, first), after, accepted });
    return { exitCode: 0, document: { queries: queriesDocument(check) } };
  },
});

/** How many of the pending migrations go first. */
function migratedFirst(
  { environment }: Target,
  check: QueriesCheck,
  all: number,
  accepted: number | undefined,
): { readonly first: number; readonly accepted: number | undefined } {
  const { order, problem } = check;
  if (problem !== undefined && environment.protected) {
    const { code, message, fix } = problem;
    throw new D1Error({ code, message, fix, exitCode: 2 });
  }
  if (order === undefined) return { first: all, accepted: undefined };
  if (order.migrateFirst !== undefined) return { first: order.migrateFirst, accepted: undefined };
  const broken = brokenQueries(check);
  if (broken.length > 0 && broken.length === accepted) return { first: all, accepted };
  throw new D1Error({
    code: 'breaks-queries',
    message: `The migrations and the code cannot go to ${environment.name} in any order without failing queries.`,
    fix: `${HOW_TO_SPLIT.join(' ')}${broken.length > 0 ? ` --acceptBrokenQueries=${broken.length} migrates first, and lets queries of the deployed code fail until the deployment is done; the journal notes it.` : ''}`,
    notes: (order.migrations ?? []).flatMap(({ migration, broken: old, brokenNew, needed }) => [
      ...[...old, ...brokenNew].map(
        ({ revision, file, line, column, message }) =>
          `  ${migration} breaks ${file}:${line}:${column} of ${revision}: ${message}`,
      ),
      ...needed.map(
        ({ file, line, column, message }) =>
          `  ${migration} is needed by ${file}:${line}:${column}: ${message}`,
      ),
    ]),
    exitCode: 2,
  });
}

const uncommitted = ({ environment }: Target, after: readonly string[], changed: number): D1Error =>
  new D1Error({
    code: 'uncommitted-changes',
    message: `${after.join(', ')} can be applied to ${environment.name} only after the deployment, and ${plural(changed, 'file')} that would be deployed ${changed === 1 ? 'is' : 'are'} in no commit: nobody could say which queries the deployed code has.`,
    fix: 'Commit them, or put them aside: git stash --include-untracked',
    exitCode: 2,
  });

/** Refuses code whose queries fail on the schema that is there. A binding without a migrations folder is not judged. */
export async function requireWorkingCode(targets: readonly Target[]): Promise<void> {
  const queries = await installedQueries();
  const [first] = targets;
  if (queries === undefined || first === undefined) return;
  const live = await Promise.all(
    targets.map(async (target) => liveDatabase(target, (await readSurvey(target)).state, [])),
  );
  const faults = await queries.faultsOn(live);
  if (isNotPossible(faults) || faults.length === 0) return;
  throw new D1Error({
    code: 'queries-fail',
    message: `${plural(faults.length, 'query', 'queries')} of the code ${faults.length === 1 ? 'does' : 'do'} not work on the schema of ${first.environment.name}.`,
    fix: 'Correct them, or write the migration that makes what they need.',
    notes: faults.map(
      ({ file, line, column, message, help }) =>
        `  ${file}:${line}:${column}: ${message}${help === undefined ? '' : ` (${help})`}`,
    ),
    exitCode: 1,
  });
}
