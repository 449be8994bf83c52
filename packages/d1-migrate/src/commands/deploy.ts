import type { AuditRecorder } from 'd1-core/audit';
import { defineCommand, flag, path, reportOptions, targetOptions } from 'd1-core/command';
import { confirm, timeout } from './shared-options.ts';

export const deployCommand = defineCommand({
  name: 'deploy',
  title: 'Deploy the Worker',
  description:
    'Deploys the Worker with wrangler, and refuses while migrations are pending in a database of its environment.',
  options: {
    ...targetOptions,
    confirm,
    dryRun: flag('Build and check the Worker with "wrangler deploy --dry-run", and upload nothing.', {
      priority: 'important',
    }),
    plan: path('The plan that the step before, deploy-migrate, must find unchanged', {
      more: 'Passed on to it.',
    }),
    timeout,
    ...reportOptions,
  },
  examples: [
    {
      description: 'Lint, validate, back up, migrate and deploy to production, in CI',
      environment: 'production',
      options: { confirm: 'my-database' },
    },
    { description: 'Show what would be done', environment: 'staging', options: { dryRun: true } },
  ],
  exitCodes: { 3: 'deployed, but not noted in the audit file' },
  target: {
    defaultName: 'deploy',
    description: 'Deploy the Worker, after lint, validate, backup and migrate',
    location: 'any',
    example: { dryRun: true },
    dependsOn: [{ target: 'deploy-migrate', params: 'forward' }],
  },
  async run({ dryRun, timeout: seconds, ...given }, { workspaceRoot, pluginVersion }) {
    const [{ audited }, { confirmTarget, identifyRun, interruptible, show }, { resolveTarget }, work] =
      await Promise.all([
        import('d1-core/audit'),
        import('d1-core/run'),
        import('d1-core/target'),
        import('../deploy/index.ts'),
      ]);
    const first = resolveTarget(given, workspaceRoot);
    const others = first.environment.databases
      .filter(({ binding }) => binding !== first.database.binding)
      .map(({ binding }) => resolveTarget({ ...given, database: binding }, workspaceRoot));
    const deploy = async (recorder: AuditRecorder, signal: AbortSignal) => {
      const result = await work.deploy({
        targets: [first, ...others],
        dryRun,
        timeout: seconds * 1000,
        signal,
        async approve() {
          show(given, work.describeDeploy([first, ...others]));
          await confirmTarget(first, given.confirm);
          await recorder.begin({ bookmark: null, migrations: [] });
        },
      });
      return { result, notNoted: await recorder.end({ migrations: [], error: result.error }) };
    };
    const run = {
      target: first,
      action: 'deploy',
      identify: identifyRun(workspaceRoot, pluginVersion),
      dryRun,
    };
    const { result, notNoted } = await interruptible((signal) =>
      audited(run, (recorder) => deploy(recorder, signal)),
    );
    const incomplete = notNoted.length > 0 ? 3 : 0;
    return {
      exitCode: result.outcome === 'failed' ? (result.error?.exitCode ?? 1) : incomplete,
      text: [...work.describeDeployResult(result), ...notNoted],
      document: { ...work.deployDocument(result), warnings: notNoted },
    };
  },
});
