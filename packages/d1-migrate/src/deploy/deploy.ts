import { D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import { findPending, pendingError, type PendingMigrations } from './pending.ts';
import { runDeploy, type Deployment } from './run-deploy.ts';

export interface DeployRequest {
  /** The databases of one environment. */
  readonly targets: readonly [Target, ...Target[]];
  /** Build and check the Worker, and upload nothing. */
  readonly dryRun: boolean;
  /** Gets the consent to deploy; throws when there is none. */
  readonly approve: () => Promise<void>;
  /** Milliseconds that wrangler may take. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DeployResult extends Deployment {
  readonly target: Target;
  readonly outcome: 'deployed' | 'dry-run' | 'failed';
  /** Only a dry run goes on where something is pending. */
  readonly pending: readonly PendingMigrations[];
  readonly durationMs: number;
}

/**
 * Deploys the Worker with wrangler, when nothing is pending in the databases of its environment. Throws
 * `local-environment` or `migrations-pending`.
 */
export async function deploy(request: DeployRequest): Promise<DeployResult> {
  const { targets, dryRun, approve, timeout, signal } = request;
  const [target] = targets;
  if (target.environment.location === 'local') throw localEnvironment(target);
  const pending = await findPending(targets);
  const refusal = pendingError(pending);
  if (refusal !== undefined && !dryRun) throw refusal;
  if (!dryRun) await approve();
  const started = performance.now();
  const deployment = await runDeploy({ target, dryRun, timeout, signal });
  const outcome = dryRun ? 'dry-run' : 'deployed';
  return {
    target,
    ...deployment,
    outcome: deployment.error === undefined ? outcome : 'failed',
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
