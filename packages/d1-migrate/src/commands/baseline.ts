import type { AuditedRun } from 'd1-core/audit';
import { defineCommand, flag, reportOptions, targetOptions, text } from 'd1-core/command';
import { confirm } from './shared-options.ts';

export const baselineCommand = defineCommand({
  name: 'baseline',
  title: 'Record migrations that a database already has',
  description:
    'Gives a database that was made in another way its history, without running anything: its schema must be the one that the migrations give.',
  options: {
    ...targetOptions,
    to: text(
      'The number or name of the last migration that the database already has. Found by comparing schemas when it is left out.',
      { priority: 'important' },
    ),
    replaceHistory: flag(
      'Replace what an older set of migrations left in the history: names without a file here go, and files are taken as they are.',
    ),
    confirm,
    dryRun: flag('Compare, show what would be recorded, and stop.', { priority: 'important' }),
    ...reportOptions,
  },
  examples: [
    {
      description: 'Adopt a live database: find out which migrations it has, and record them',
      environment: 'production',
    },
    {
      description: 'Compare with what the migrations up to 0004 give',
      options: { to: '0004', dryRun: true },
    },
  ],
  exitCodes: {
    3: 'recorded, but something was not noted',
    11: 'another run works on the database',
  },
  target: {
    defaultName: 'baseline',
    description: 'Give an existing D1 database its history, without running anything',
    location: 'any',
    example: { to: '0004' },
  },
  async run({ to, replaceHistory, dryRun, ...given }, { workspaceRoot, pluginVersion }) {
    const [{ audited }, { confirmTarget, identifyRun, show }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('d1-core/target'),
      import('../adopt/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const identify = identifyRun(workspaceRoot, pluginVersion);
    const run: AuditedRun = { target, action: 'baseline', identify, dryRun };
    const result = await audited(run, async (recorder) => {
      const done = await work.baseline({
        target,
        identify,
        to,
        replaceHistory,
        dryRun,
        onBegin: (change) => recorder.begin(change),
        async approve(plan) {
          show(given, work.describeBaselinePlan(plan));
          if (!dryRun) await confirmTarget(target, given.confirm);
        },
      });
      const migrations = done.plan.recorded.map((name) => ({ name, outcome: 'applied' as const }));
      return { ...done, warnings: [...done.warnings, ...(await recorder.end({ migrations }))] };
    });
    return {
      result,
      exitCode: result.warnings.length > 0 ? 3 : 0,
      text: work.describeBaseline(result),
      document: work.baselineDocument(result),
    };
  },
});
