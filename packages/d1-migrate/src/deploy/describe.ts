import { commandLine } from 'd1-core/door';
import { describeError, errorDocument, plural, style } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import type { DeployResult } from './deploy.ts';
import { describeDone } from './steps.ts';

/** What is shown before a Worker is deployed. */
export const describeDeploy = (targets: readonly Target[]): readonly string[] => [
  '',
  ...targets.map(describeTarget),
  'The schema is what the migrations give, and nothing is pending that has to come first.',
];

/** What came of it. */
export function describeDeployResult(result: DeployResult): readonly string[] {
  const { target, outcome, version, urls, output, error, durationMs } = result;
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  switch (outcome) {
    case 'failed':
    case 'not-migrated':
      return ['', ...describeError(error), ...describeSteps(result)];
    case 'dry-run':
      return [
        describeTarget(target),
        '',
        ...output,
        '',
        'Dry run: nothing was deployed.',
        ...describePending(result),
      ];
    case 'deployed':
      return [
        '',
        ...output,
        '',
        style.good(`Deployed to ${target.environment.name} in ${seconds}: version ${version}`),
        ...urls.map((url) => `  ${url}`),
      ];
  }
}

/** A deployment that failed leaves the databases migrated. */
const describeSteps = ({ steps }: DeployResult): readonly string[] => [
  ...describeDone(steps, [...new Set(steps.map(({ target }) => target))]),
  `  Run "${commandLine('d1-migrate:deploy')}" again when that is put right: it does not apply twice what is applied.`,
];

function describePending({ pending }: DeployResult): readonly string[] {
  const names = pending.flatMap((one) => one.names);
  return names.length === 0
    ? []
    : [
        style.warn(
          `${plural(names.length, 'migration')} pending (${names.join(', ')}): a real run applies them.`,
        ),
      ];
}

/** A result as the JSON report carries it. */
export const deployDocument = (result: DeployResult): object => ({
  ...targetDocument(result.target),
  outcome: result.outcome,
  workerVersion: result.version,
  urls: result.urls,
  steps: result.steps.map(({ step, target, document }) => ({
    step,
    binding: target.database.binding,
    ...document,
  })),
  pending: result.pending.map(({ target, names }) => ({
    binding: target.database.binding,
    migrations: names,
  })),
  durationMs: Math.round(result.durationMs),
  ...(result.error === undefined ? {} : { error: errorDocument(result.error) }),
});
