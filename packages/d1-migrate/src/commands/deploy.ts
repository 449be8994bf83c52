import type { AuditRecorder } from 'd1-core/audit';
import { defineCommand, flag, path, reportOptions, targetOptions } from 'd1-core/command';
import { codeOptions, confirm, startAfter } from './shared-options.ts';

/** Only what is remote is deployed to. */
const { persistTo: _, ...remoteOptions } = targetOptions;

export const deployCommand = defineCommand({
  name: 'deploy',
  title: 'Migrate the databases and deploy the Worker',
  description:
    'Backs up every database of the Worker (where d1-backup is installed), applies its pending migrations, checks its schema, and then deploys with wrangler. Where d1-queries is installed, migrations that the deployed code does not survive are applied after the deployment; where no order is safe, it is refused. Stops at the first step that fails. With --database only that database is migrated, and the others must have nothing pending.',
  options: {
    ...remoteOptions,
    startAfter,
    confirm,
    plan: path('The plan file that must hold', {
      more: 'Where the Worker has several databases, the folder of their plan files, with a "/" at its end.',
      priority: 'important',
    }),
    backup: flag('Back up each database first, where d1-backup is there. --no-backup leaves it out.', {
      otherwise: true,
    }),
    dryRun: flag('Show what would be done, build and check the Worker, and change nothing.', {
      priority: 'important',
    }),
    ...codeOptions,
    ...reportOptions,
  },
  examples: [
    {
      description: 'Back up, migrate and deploy to production, in CI',
      environment: 'production',
      options: { plan: 'dist/d1/plan-production.json', confirm: 'my-database' },
    },
    { description: 'Show what would be done', environment: 'staging', options: { dryRun: true } },
  ],
  exitCodes: {
    1: 'a step failed; the report says whether the Worker is deployed',
    3: 'deployed, but not noted in the journal or the audit file',
    11: 'another run works on a database',
  },
  target: {
    defaultName: 'deploy',
    description: 'Back up and migrate the D1 databases, and deploy the Worker',
    location: 'any',
    example: { dryRun: true },
    dependsOn: [
      { target: 'lint', of: 'd1-lint/plugin' },
      'validate',
      { target: 'check-queries', of: 'd1-queries/plugin' },
    ],
  },
  async run(given, context) {
    const [
      { audited },
      { confirmTarget, identifyRun, interruptible, show },
      { resolveDatabases, resolveTarget },
      work,
      steps,
    ] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('d1-core/target'),
      import('../deploy/index.ts'),
      import('./deploy-steps.ts'),
    ]);
    const { dryRun, database: only } = given;
    const { workspaceRoot, pluginVersion } = context;
    const targets = resolveDatabases(given, workspaceRoot);
    // It stands for the environment: what it is asked for before the deployment, and where it is noted.
    const first = only === undefined ? targets[0] : resolveTarget(given, workspaceRoot);
    const run = {
      target: first,
      action: 'deploy',
      identify: identifyRun(workspaceRoot, pluginVersion),
      dryRun,
    };
    const deploy = async (recorder: AuditRecorder, signal: AbortSignal) => {
      const result = await work.deploy({
        targets,
        only,
        ...steps.deploySteps(given, context, first),
        deployed: given.deployed,
        acceptBrokenQueries: given.acceptBrokenQueries,
        identify: run.identify,
        show: (lines) => show(given, ['', ...lines]),
        dryRun,
        signal,
        async approve() {
          show(given, work.describeDeploy(targets));
          await confirmTarget(first, steps.confirmationFor(first, given.confirm));
          await recorder.begin({ bookmark: null, migrations: [] });
        },
      });
      return { result, notNoted: await recorder.end({ migrations: [], error: result.error }) };
    };
    const { result, notNoted } = await interruptible((signal) =>
      audited(run, (recorder) => deploy(recorder, signal)),
    );
    const warnings = [...result.warnings, ...notNoted];
    const incomplete = warnings.length > 0 ? 3 : 0;
    return {
      exitCode: result.error?.exitCode ?? incomplete,
      text: [...work.describeDeployResult(result), ...warnings],
      document: { ...work.deployDocument(result), warnings },
    };
  },
});
