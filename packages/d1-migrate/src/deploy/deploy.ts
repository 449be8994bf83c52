import { existsSync } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import { checkDatabase } from './check.ts';
import { pendingError, type PendingMigrations } from './pending.ts';
import { runDeploy, type Deployment } from './run-deploy.ts';
import { describeDone, notDeployed, runSteps, type DoneStep, type Step } from './steps.ts';

export interface DeployRequest {
  /** The databases of one environment. */
  readonly targets: readonly [Target, ...Target[]];
  /** The binding of the only database that the steps are for; all without it. */
  readonly only?: string | undefined;
  /** What is done to each database before, in rounds: a round begins when the one before is done for all. */
  readonly rounds: readonly (readonly Step[])[];
  /** Build and check the Worker, and upload nothing. */
  readonly dryRun: boolean;
  /** Gets the consent to deploy; throws when there is none. */
  readonly approve: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface DeployResult extends Deployment {
  readonly target: Target;
  readonly outcome: 'deployed' | 'dry-run' | 'failed';
  /** What was done to the databases. */
  readonly steps: readonly DoneStep[];
  /** Only a dry run goes on where something is pending. */
  readonly pending: readonly PendingMigrations[];
  readonly durationMs: number;
}

/**
 * Does what comes before a deployment to every database of the environment, sees to it that nothing is pending in any of
 * them and that their schemas are those of their migrations, and then deploys the Worker with wrangler. A binding without a
 * migrations folder is another Worker's. Throws `local-environment`, `migrations-pending`, `drifted`, and what stops a step.
 */
export async function deploy(request: DeployRequest): Promise<DeployResult> {
  const { targets, only, rounds, dryRun, approve, signal } = request;
  const [target] = targets;
  if (target.environment.location === 'local') throw localEnvironment(target);
  const own = targets.filter(({ database }) => existsSync(database.migrationsDir));
  const chosen = own.filter(({ database }) => only === undefined || database.binding === only);
  const pending: PendingMigrations[] = [];
  const check: Step = {
    name: 'check',
    async run(one) {
      const names = await checkDatabase(one);
      if (names.length > 0) pending.push({ target: one, names });
      return { exitCode: 0, document: { pending: names } };
    },
  };
  const before = rounds.map((steps) => ({ steps, targets: chosen }));
  const steps = await runSteps([...before, { steps: [check], targets: own }], own);
  const refusal = pendingError(pending);
  if (refusal !== undefined && !dryRun) throw notDeployed(refusal, describeDone(steps, own));
  if (!dryRun) await approve();
  const started = performance.now();
  const deployment = await runDeploy({ target, dryRun, signal });
  const outcome = dryRun ? 'dry-run' : 'deployed';
  return {
    target,
    ...deployment,
    outcome: deployment.error === undefined ? outcome : 'failed',
    steps,
    pending,
    durationMs: performance.now() - started,
  };
}

const localEnvironment = ({ environment }: Target): D1Error =>
  new D1Error({
    code: 'local-environment',
    message: `${environment.name} is a local environment; there is nothing to deploy to.`,
    fix: 'Name the environment: --configuration=<name>, such as --configuration=production',
    location: { file: environment.configFile, line: environment.line },
    exitCode: 2,
  });
