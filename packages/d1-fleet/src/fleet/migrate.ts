import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import type { RunIdentity } from 'd1-core/run';
import type { Member } from '../members/member.ts';
import { migrateMember, type MemberRun, type Outcome } from '../member/migrate-member.ts';
import type { Look } from '../member/look.ts';
import { divide, type Wave } from '../waves/waves.ts';
import { allowedBy, requireUsable, type ApprovedPlan } from './plan-file.ts';
import { groupErrors, type ErrorGroup } from './report.ts';
import { chosen, workInWaves, type Stop, type WavesRequest } from './run-waves.ts';
import { withFleet, type FleetRequest, type OpenFleet } from './status.ts';
import { survey } from './survey.ts';

export interface MigrateRequest extends FleetRequest, WavesRequest {
  readonly dryRun: boolean;
  /** What was approved: only members of its groups that passed are migrated. */
  readonly plan?: ApprovedPlan | undefined;
  /** Change members of a protected environment without a plan. */
  readonly skipRehearsal?: boolean | undefined;
  readonly identify: () => Promise<RunIdentity>;
  /** Shown what will be done. What it throws stops the run before anything is changed. */
  readonly approve: (plan: MigratePlan) => Promise<void>;
}

/** What a run will do. */
export interface MigratePlan {
  readonly waves: readonly Wave<Member>[];
  /** Members that have all migrations. */
  readonly current: number;
  /** Members that cannot be migrated, or could not be read: they count as failures when their wave comes. */
  readonly hindered: number;
  /** Names of the migrations that some member lacks, in order. */
  readonly pending: readonly string[];
}

export interface MigrateResult {
  readonly plan: MigratePlan;
  readonly applied: readonly Member[];
  /** Members that had all migrations when their turn came. */
  readonly current: readonly Member[];
  readonly refused: readonly { readonly member: Member; readonly look: Look }[];
  readonly failed: readonly ErrorGroup[];
  /** Members that were not begun. */
  readonly left: readonly Member[];
  readonly stop: Stop | undefined;
}

/**
 * Brings the members of a fleet to the newest migration, wave after wave. A run that was ended in any way is gone on with by running it
 * again: what each member has is in its own history.
 * Throws D1Error for what is wrong with the list, the folder or the options, before anything is changed.
 */
export const fleetMigrate = (request: MigrateRequest): Promise<MigrateResult> =>
  withFleet(request, (opened) => migrateFleet(request, opened));

/** The same, for a fleet that is open. */
export async function migrateFleet(
  request: Omit<MigrateRequest, 'source' | 'pace'>,
  opened: OpenFleet,
): Promise<MigrateResult> {
  const members = chosen(opened.members, request);
  const { seen } = await survey({ ...request, ...opened, members });
  const isCurrent = (member: Member) => seen.get(member)?.look?.standing.state === 'current';
  const todo = members.filter((member) => !isCurrent(member));
  const waves = divide(todo, request).slice(0, request.lastWave);
  const looks = todo.map((member) => seen.get(member)?.look);
  const plan: MigratePlan = {
    waves,
    current: members.length - todo.length,
    hindered: looks.filter((look) => look?.standing.state !== 'behind').length,
    pending: pendingOf(looks, opened),
  };
  if (request.plan !== undefined) requireUsable(request.plan, request.target, opened.fleet.desired);
  else if (!request.dryRun && looks.some((look) => look !== undefined && look.history.length > 0))
    requirePlan(request);
  await request.approve(plan);
  if (request.dryRun || todo.length === 0) return emptyResult(plan, request.dryRun ? todo : []);
  return migrateWaves(request, opened, plan, (member) => seen.get(member)?.look);
}

function pendingOf(looks: readonly (Look | undefined)[], { fleet }: OpenFleet): readonly string[] {
  const lacked = new Set(
    looks
      .flatMap((look) => (look?.standing.state === 'behind' ? look.standing.pending : []))
      .map(({ name }) => name),
  );
  return fleet.desired.map(({ name }) => name).filter((name) => lacked.has(name));
}

const emptyResult = (plan: MigratePlan, left: readonly Member[]): MigrateResult => ({
  plan,
  ...{ applied: [], current: [], refused: [], failed: [], left },
  stop: undefined,
});

async function migrateWaves(
  request: Omit<MigrateRequest, 'source' | 'pace'>,
  { fleet, open, ledger }: OpenFleet,
  plan: MigratePlan,
  seen: (member: Member) => Look | undefined,
): Promise<MigrateResult> {
  const { target } = request;
  const run: MemberRun = {
    ...fleet,
    identity: await request.identify(),
    wranglerVersion: target.wrangler.version,
    quotesHistoryTable: target.wrangler.can.quotesHistoryTable,
    allows: request.plan === undefined ? undefined : allowedBy(request.plan),
  };
  const { outcomes, stop, left } = await workInWaves<Outcome>(request, plan.waves, 'migrating', {
    async work(member) {
      const outcome = await migrateMember(open(member), run, seen(member));
      const what = outcome.look === undefined ? { error: outcome.error } : { look: outcome.look };
      ledger.save([[member, what]], fleet.desired);
      return outcome;
    },
    isGood: ({ kind }) => kind === 'applied' || kind === 'current',
  });
  const of = (kind: Outcome['kind']) =>
    [...outcomes].flatMap(([member, outcome]) => (outcome.kind === kind ? [member] : []));
  return {
    plan,
    applied: of('applied'),
    current: of('current'),
    refused: [...outcomes].flatMap(([member, outcome]) =>
      outcome.kind === 'refused' ? [{ member, look: outcome.look }] : [],
    ),
    failed: groupErrors(
      [...outcomes].flatMap(([member, outcome]) =>
        outcome.kind === 'failed' ? [{ member, error: outcome.error }] : [],
      ),
    ),
    left,
    stop,
  };
}

/** A protected environment gets only migrations that were rehearsed on databases of every kind in it. */
function requirePlan({ target, skipRehearsal }: Pick<MigrateRequest, 'target' | 'skipRehearsal'>): void {
  const { name, protected: isProtected } = target.environment;
  if (!isProtected || skipRehearsal === true) return;
  throw new D1Error({
    code: 'not-rehearsed',
    message: `${name} is protected, and these migrations have not been rehearsed on its databases.`,
    fix: `Rehearse them: ${commandLine('d1-fleet:plan', '--output=<file>')}; then run this with --plan=<file>. With --skipRehearsal it goes on without.`,
    notes: ['No database was changed.'],
    exitCode: 2,
  });
}
