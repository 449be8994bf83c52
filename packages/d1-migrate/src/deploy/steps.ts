import { commandLine } from 'd1-core/door';
import { D1Error, isD1Error, type FailureExitCode } from 'd1-core/errors';
import type { Target } from 'd1-core/target';

/** A step before a deployment, on one database. */
export interface Step {
  readonly name: 'validate' | 'backup' | 'compare' | 'migrate' | 'check';
  /** Throws, or returns another exit code than 0, where the deployment must not go on. */
  readonly run: (target: Target) => Promise<StepEnd>;
}

export interface StepEnd {
  readonly exitCode: 0 | FailureExitCode;
  /** Its report for machines. */
  readonly document: object;
}

/** Steps that are done to one database after the other. */
export interface Round {
  readonly steps: readonly Step[];
  readonly targets: readonly Target[];
}

/** A step that has ended well. */
export interface DoneStep {
  readonly step: Step['name'];
  readonly target: Target;
  readonly document: object;
}

/** What only reads to decide is not done to a database. */
const WORDS = {
  validate: 'validated',
  backup: 'backed up',
  compare: undefined,
  migrate: 'migrated',
  check: 'checked',
} as const;

/** How a message ends. */
type Ending = 'Nothing was deployed.' | 'The Worker is deployed.';

/**
 * Runs the steps before a deployment, round by round. Throws what stopped it: D1Error `deploy-stopped`, or the error of the
 * step, with what was done to `all` databases before, `so` far in this run too.
 */
export async function runSteps(
  rounds: readonly Round[],
  all: readonly Target[],
  so: readonly DoneStep[] = [],
  ending: Ending = 'Nothing was deployed.',
): Promise<readonly DoneStep[]> {
  const done = [...so];
  for (const { steps, targets } of rounds) {
    for (const target of targets) {
      for (const { name, run } of steps) {
        const { exitCode, document } = await run(target).catch((error: unknown) => {
          throw isD1Error(error) ? notDeployed(error, describeDone(done, all), ending) : error;
        });
        if (exitCode !== 0) throw stopped({ name, target, exitCode }, describeDone(done, all), ending);
        done.push({ step: name, target, document });
      }
    }
  }
  return done;
}

/** What was done to each database. */
export const describeDone = (
  done: readonly Pick<DoneStep, 'step' | 'target'>[],
  targets: readonly Target[],
): readonly string[] =>
  targets.map((target) => {
    const words = done
      .filter((one) => one.target === target)
      .map(({ step }) => WORDS[step])
      .filter((word) => word !== undefined);
    return `  ${nameOf(target)}: ${words.join(', ') || 'nothing was done'}`;
  });

/** A database for people. */
export const nameOf = ({ database }: Target): string =>
  `${database.databaseName ?? database.binding} (binding ${database.binding})`;

/** An error that kept a deployment from taking place, with what was done before. */
export function notDeployed(
  error: D1Error,
  notes: readonly string[],
  ending: Ending = 'Nothing was deployed.',
): D1Error {
  const { code, message, fix, location, exitCode } = error;
  return new D1Error({
    code,
    message,
    fix,
    exitCode,
    cause: error,
    notes: [...error.notes, ...notes, ending],
    ...(location === undefined ? {} : { location }),
  });
}

const stopped = (
  {
    name,
    target,
    exitCode,
  }: Pick<Step, 'name'> & { readonly target: Target; readonly exitCode: FailureExitCode },
  done: readonly string[],
  ending: Ending,
): D1Error =>
  new D1Error({
    code: 'deploy-stopped',
    message: `The deployment of ${target.environment.name} stopped at "${name}" of the database ${nameOf(target)}.`,
    fix: `Do what the report of "${name}" above says. Then run "${commandLine('d1-migrate:deploy')}" again: it does not apply twice what is applied.`,
    notes: [...done, ending],
    exitCode,
  });
