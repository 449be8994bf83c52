import { D1Error, isD1Error } from 'd1-core/errors';
import type { RunIdentity } from 'd1-core/run';
import { type RollbackPlan, rollbackIn } from 'd1-migrate/source';
import { type Member, memberTarget } from '../members/member.ts';
import { divide, type Wave } from '../waves/waves.ts';
import { groupErrors, type ErrorGroup } from './report.ts';
import { chosen, workInWaves, type Stop, type WavesRequest } from './run-waves.ts';
import { withFleet, type FleetRequest, type OpenFleet } from './status.ts';
import { survey } from './survey.ts';

export interface FleetRollbackRequest extends FleetRequest, WavesRequest {
  /** The migration to roll back; by default the newest one of the folder that a member has. */
  readonly migration?: string | undefined;
  /** Tables whose loss is accepted; needed on a protected environment. */
  readonly acceptDataLoss: readonly string[];
  readonly dryRun: boolean;
  readonly identify: () => Promise<RunIdentity>;
  /** Shown what will be done. What it throws stops the run before anything is changed. */
  readonly approve: (plan: FleetRollbackPlan) => Promise<void>;
}

/** What a run will do. */
export interface FleetRollbackPlan {
  /** The name of the migration that is rolled back; undefined where no member has one. */
  readonly migration: string | undefined;
  readonly waves: readonly Wave<Member>[];
  /** Members that do not have it. */
  readonly without: number;
  /** Members that have later ones as well, or could not be read: they count as failures when their wave comes. */
  readonly hindered: number;
  /** The script, and what it takes from the first member that has the migration; undefined where none has. */
  readonly first: { readonly member: Member; readonly plan: RollbackPlan } | undefined;
}

export interface FleetRollbackResult {
  readonly plan: FleetRollbackPlan;
  readonly rolledBack: readonly Member[];
  /** What went with it, in all databases together. */
  readonly losses: RollbackPlan['losses'];
  /** Members that did not have the migration any more when their turn came. */
  readonly without: readonly Member[];
  readonly failed: readonly ErrorGroup[];
  /** Members that were not begun. */
  readonly left: readonly Member[];
  readonly stop: Stop | undefined;
}

/** What became of a member. */
type Outcome =
  | { readonly kind: 'rolled-back'; readonly losses: RollbackPlan['losses'] }
  | { readonly kind: 'without' }
  | { readonly kind: 'failed'; readonly error: D1Error };

/**
 * Takes a migration back on the members that have it as their last, by its proved rollback script, wave after wave, as `rollback` of
 * d1-migrate does in one database: with its lock, its journal and its checks of schema and loss.
 * Throws D1Error for what is wrong with the list, the folder, the script or the options, before anything is changed.
 */
export const fleetRollback = (request: FleetRollbackRequest): Promise<FleetRollbackResult> =>
  withFleet(request, (opened) => rollbackFleet(request, opened));

async function rollbackFleet(request: FleetRollbackRequest, opened: OpenFleet): Promise<FleetRollbackResult> {
  const { target, dryRun, identify, acceptDataLoss } = request;
  const members = chosen(opened.members, request);
  const { seen } = await survey({ ...request, ...opened, members });
  const historyOf = (member: Member) => seen.get(member)?.look?.history;
  const migration =
    request.migration ??
    newest(
      [...seen.values()].map(({ look }) => look?.history),
      opened,
    );
  const mayHave = (member: Member) =>
    migration !== undefined && (historyOf(member)?.includes(migration) ?? true);
  const isLast = (member: Member) => historyOf(member)?.at(-1) === migration;
  const todo = members.filter(mayHave);
  const ready = todo.filter(isLast);
  const rollBack = (member: Member, { isTrial }: { readonly isTrial: boolean }) => {
    const d1 = opened.open(member);
    return rollbackIn(d1, {
      target: memberTarget(target, member),
      identify,
      acceptDataLoss,
      dryRun: isTrial,
      last: migration,
      approve: async () => undefined,
    });
  };
  const first = await tryFirst(ready.slice(0, TRIALS), (member) => rollBack(member, { isTrial: true }));
  const plan: FleetRollbackPlan = {
    migration,
    waves: ready.length === 0 ? [] : divide(todo, request).slice(0, request.lastWave),
    without: members.length - todo.length,
    hindered: todo.length - ready.length,
    first,
  };
  await request.approve(plan);
  const nothing = { plan, rolledBack: [], losses: [], without: [], failed: [], stop: undefined };
  if (dryRun || plan.waves.length === 0) return { ...nothing, left: dryRun ? todo : [] };

  const { outcomes, stop, left } = await workInWaves<Outcome>(request, plan.waves, 'taking back on', {
    async work(member) {
      const outcome = await outcomeOf(() => rollBack(member, { isTrial: false }));
      // It is looked at again when somebody asks: what it is now was not read.
      opened.ledger.forget(member);
      return outcome;
    },
    isGood: ({ kind }) => kind !== 'failed',
  });
  const all = [...outcomes];
  const of = (kind: Outcome['kind']) =>
    all.flatMap(([member, outcome]) => (outcome.kind === kind ? [member] : []));
  return {
    plan,
    rolledBack: of('rolled-back'),
    losses: sum(all.flatMap(([, outcome]) => (outcome.kind === 'rolled-back' ? outcome.losses : []))),
    without: of('without'),
    failed: groupErrors(
      all.flatMap(([member, outcome]) =>
        outcome.kind === 'failed' ? [{ member, error: outcome.error }] : [],
      ),
    ),
    left,
    stop,
  };
}

/** Members on which it is tried what a run will do: the first may have something in its way that the others have not. */
const TRIALS = 3;

/** Throws what the first says where none of them can be rolled back. */
async function tryFirst(
  members: readonly Member[],
  trial: (member: Member) => ReturnType<typeof rollbackIn>,
): Promise<FleetRollbackPlan['first']> {
  let refusal: D1Error | undefined;
  for (const member of members) {
    try {
      return { member, plan: (await trial(member)).plan };
    } catch (error) {
      if (!isD1Error(error)) throw error;
      refusal ??= new D1Error({ ...error, message: `${member.name}: ${error.message}`, cause: error });
    }
  }
  if (refusal !== undefined) throw refusal;
  return undefined;
}

/** The newest migration of the folder that some member has as its last. */
function newest(
  histories: readonly (readonly string[] | undefined)[],
  { fleet }: OpenFleet,
): string | undefined {
  const last = new Set(histories.map((history) => history?.at(-1)));
  return fleet.desired.findLast(({ name }) => last.has(name))?.name;
}

async function outcomeOf(work: () => ReturnType<typeof rollbackIn>): Promise<Outcome> {
  try {
    const { outcome, error, plan } = await work();
    if (outcome === 'rolled-back') return { kind: 'rolled-back', losses: plan.losses };
    return error === undefined ? { kind: 'without' } : { kind: 'failed', error };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return error.code === 'not-applied' ? { kind: 'without' } : { kind: 'failed', error };
  }
}

/** The losses of all databases, added up by table and column. */
function sum(losses: RollbackPlan['losses']): RollbackPlan['losses'] {
  const groups = Map.groupBy(losses, ({ table, column }) => JSON.stringify([table, column]));
  return [...groups.values()].flatMap((part) => {
    const [first] = part;
    const count = part.reduce((total, loss) => total + loss.count, 0);
    return first === undefined ? [] : [{ ...first, count }];
  });
}
