import { existsSync } from 'node:fs';
import { lineFor } from 'd1-core/door';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Identify } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import { checkDatabase } from './check.ts';
import { changedCode, noteDeployment } from './note.ts';
import { orderStep, requireWorkingCode, type OrderRequest, type Sides } from './order.ts';
import { pendingError, type PendingMigrations } from './pending.ts';
import { runDeploy, type Deployment } from './run-deploy.ts';
import { describeDone, notDeployed, runSteps, type DoneStep, type Step } from './steps.ts';

export interface DeployRequest extends Omit<OrderRequest, 'changed'> {
  /** The databases of one environment. */
  readonly targets: readonly [Target, ...Target[]];
  /** The binding of the only database that the steps are for; all without it. */
  readonly only?: string | undefined;
  /** What is done to each database before, in rounds: a round begins when the one before is done for all. */
  readonly rounds: readonly (readonly Step[])[];
  /** The step that migrates a database as far as it has to be on that side of the deployment. */
  readonly migrate: (part: MigrationPart) => Step;
  readonly identify: Identify;
  /** Build and check the Worker, and upload nothing. */
  readonly dryRun: boolean;
  /** Gets the consent to deploy; throws when there is none. */
  readonly approve: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** What of the pending migrations of a database is applied; undefined for one that has nothing to do. */
export type MigrationPart = (
  target: Target,
) =>
  (Pick<OrderRequest, 'deployed' | 'acceptBrokenQueries'> & { readonly to?: string | undefined }) | undefined;

export interface DeployResult extends Deployment {
  readonly target: Target;
  /** `not-migrated`: the Worker is deployed, and what was to be migrated after it is not. */
  readonly outcome: 'deployed' | 'dry-run' | 'failed' | 'not-migrated';
  /** What was done to the databases. */
  readonly steps: readonly DoneStep[];
  /** Only a dry run goes on where something is pending. */
  readonly pending: readonly PendingMigrations[];
  /** What could not be noted. */
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

/**
 * Does what comes before a deployment to every database of the environment, makes sure that nothing is pending in any of them but what
 * is safe only after it, that their schemas are those of their migrations and that the queries of the code work on them; deploys the
 * Worker with wrangler, which the journals note; and migrates the rest. A binding without a migrations folder is another Worker's.
 * Throws `local-environment`, `breaks-queries`, `migrations-pending`, `drifted`, `queries-fail`, and what stops a step.
 */
export async function deploy(request: DeployRequest): Promise<DeployResult> {
  const { targets, only, rounds, migrate, dryRun, approve, signal, identify } = request;
  const [target] = targets;
  if (target.environment.location === 'local') throw localEnvironment(target);
  const own = targets.filter(({ database }) => existsSync(database.migrationsDir));
  const chosen = own.filter(({ database }) => only === undefined || database.binding === only);
  const changed = await changedCode(target);
  const pending: PendingMigrations[] = [];
  const sides = new Map<Target, Sides>();
  const sidesOf = (one: Target): Sides => sides.get(one) ?? { before: [], after: [], accepted: undefined };
  const first = migrate((one) => {
    const { before, after, accepted } = sidesOf(one);
    if (before.length === 0 && after.length > 0) return undefined;
    return {
      to: after.length > 0 ? before.at(-1) : undefined,
      acceptBrokenQueries: accepted,
      deployed: request.deployed?.length === 0 ? undefined : request.deployed,
    };
  });
  const check: Step = {
    name: 'check',
    async run(one) {
      const names = await checkDatabase(one);
      const unplanned = dryRun ? names : names.filter((name) => !sidesOf(one).after.includes(name));
      if (unplanned.length > 0) pending.push({ target: one, names: unplanned });
      return { exitCode: 0, document: { pending: names } };
    },
  };
  const steps = await runSteps(
    [
      ...rounds.map((some) => ({ steps: some, targets: chosen })),
      { steps: [orderStep(sides, { ...request, changed })], targets: chosen },
      { steps: [first], targets: chosen },
      { steps: [check], targets: own },
    ],
    own,
  );
  const refusal = pendingError(pending);
  if (!dryRun) {
    if (refusal !== undefined) throw notDeployed(refusal, describeDone(steps, own));
    await requireWorkingCode(own).catch((error: unknown) => {
      throw isD1Error(error) ? notDeployed(error, describeDone(steps, own)) : error;
    });
    await approve();
  }
  const started = performance.now();
  const note = { identity: await identify(), changed, version: null, durationMs: null };
  if (!dryRun) await noteDeployment(own, { ...note, outcome: 'started' });
  const deployment = await runDeploy({ target, dryRun, signal });
  const { error, version } = deployment;
  const durationMs = performance.now() - started;
  const outcome = error === undefined ? 'applied' : 'failed';
  const warnings = dryRun
    ? []
    : await warningsOf(noteDeployment(own, { ...note, outcome, version, durationMs }));
  const result = { target, ...deployment, steps, pending, warnings, durationMs };
  if (error !== undefined) return { ...result, outcome: 'failed' };
  const left = chosen.filter((one) => sidesOf(one).after.length > 0);
  if (dryRun || left.length === 0) return { ...result, outcome: dryRun ? 'dry-run' : 'deployed' };
  try {
    const rest = { steps: [migrate(() => ({}))], targets: left };
    return {
      ...result,
      outcome: 'deployed',
      steps: await runSteps([rest], own, steps, 'The Worker is deployed.'),
    };
  } catch (thrown) {
    if (!isD1Error(thrown)) throw thrown;
    return { ...result, outcome: 'not-migrated', error: thrown };
  }
}

/** A deployment that is done is not rolled back because it could not be noted. */
async function warningsOf(noting: Promise<void>): Promise<readonly string[]> {
  try {
    await noting;
    return [];
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return [
      `The end of the deployment could not be noted in the journal: ${error.message} Until the next one, both the code before it and this are taken for deployed.`,
    ];
  }
}

const localEnvironment = ({ environment }: Target): D1Error =>
  new D1Error({
    code: 'local-environment',
    message: `${environment.name} is a local environment; there is nothing to deploy to.`,
    fix: `Name another environment: ${lineFor({ environment: '<environment>' }, 'd1-migrate:deploy')}`,
    location: { file: environment.configFile, line: environment.line },
    exitCode: 2,
  });
