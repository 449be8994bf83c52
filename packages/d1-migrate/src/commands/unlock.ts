import { defineCommand, flag, reportOptions, targetOptions } from 'd1-core/command';
import { confirm } from './shared-options.ts';

export const unlockCommand = defineCommand({
  name: 'unlock',
  title: 'Free the lock of a dead run',
  description:
    'Frees the lock that a run holds on a remote database. Only for a run that is dead: a lock ends by itself.',
  options: {
    ...targetOptions,
    confirm,
    dryRun: flag('Show who holds the lock, and stop.', { priority: 'important' }),
    ...reportOptions,
  },
  examples: [{ description: 'Free the lock of production', environment: 'production' }],
  exitCodes: { 3: 'freed, but not noted in the audit file' },
  target: {
    defaultName: 'unlock',
    description: 'Free the lock that a dead run holds on a D1 database',
    location: 'any',
    example: { environment: 'production' },
  },
  async run({ dryRun, ...given }, { workspaceRoot, pluginVersion }) {
    const [{ audited }, { confirmTarget, identifyRun, show }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('d1-core/target'),
      import('../unlock/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const identify = identifyRun(workspaceRoot, pluginVersion);
    const run = { target, action: 'unlock', identify, dryRun };
    const result = await audited(run, async (recorder) => {
      const unlocked = await work.unlock({
        target,
        dryRun,
        async approve(lock) {
          show(given, work.describeLock(target, lock));
          if (dryRun) return;
          await confirmTarget(target, given.confirm);
          await recorder.begin({ bookmark: null, migrations: [] });
        },
      });
      return { ...unlocked, warnings: await recorder.end({ migrations: [] }) };
    });
    return {
      result,
      exitCode: result.warnings.length === 0 ? 0 : 3,
      text: [...work.describeUnlock(result), ...result.warnings],
      document: { ...work.unlockDocument(result), warnings: result.warnings },
    };
  },
});
