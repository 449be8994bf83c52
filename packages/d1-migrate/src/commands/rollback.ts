import type { AuditedRun, AuditRecorder } from 'd1-core/audit';
import {
  choice,
  count,
  defineCommand,
  flag,
  reportOptions,
  targetOptions,
  text,
  type CommandContext,
  type OptionsOf,
} from 'd1-core/command';
import type { ExitCode, Outcome } from 'd1-core/run';
import type { WayBack } from '../rollback/index.ts';
import { confirm } from './shared-options.ts';

const important = { priority: 'important' } as const;

const options = {
  ...targetOptions,
  steps: count('How many migrations to roll back. 1 without it.', important),
  to: text('The number or name of the migration that stays the last one; 0 for none.', important),
  strategy: choice(
    ['script', 'snapshot', 'time-travel'],
    'script: the rollback scripts. snapshot: the copy of a local database from before its last migrate. time-travel: the bookmark of a remote database from before its last migrate; all later writes are lost too.',
    { otherwise: 'script', ...important },
  ),
  acceptDataLoss: text(
    'The tables whose rows or values may be lost on a protected environment, with commas between them.',
  ),
  confirm,
  dryRun: flag('Show what would be done, and what would be lost, and stop.', important),
  ...reportOptions,
};

type RollbackOptions = OptionsOf<typeof options>;

export const rollbackCommand = defineCommand({
  name: 'rollback',
  title: 'Roll back the last migration',
  description:
    'Runs the rollback script of the last applied migration, or of several, and takes them out of the history, all in one transaction. Shows what will be lost before it asks.',
  options,
  ineffective: [
    {
      options: ['steps', 'to', 'acceptDataLoss'],
      beside: { strategy: ['snapshot', 'time-travel'] },
      why: 'the whole database goes back to where it was before its last migrate',
    },
  ],
  examples: [
    { description: 'Roll back the last migration of the development database' },
    {
      description: 'Roll back everything after 0002',
      environment: 'production',
      options: { to: '0002' },
    },
    {
      description: 'Restore the local database from before the last migrate',
      options: { strategy: 'snapshot' },
    },
  ],
  exitCodes: {
    3: 'rolled back, but something was not noted',
    11: 'another run works on the database',
  },
  target: {
    defaultName: 'rollback',
    description: 'Roll back the last D1 migration, by its proved rollback script',
    location: 'any',
    example: { steps: 2 },
  },
  run(given, context): Promise<Outcome> {
    const { strategy } = given;
    if (strategy === 'script') return byScript(given, context);
    return asAudited(given, context, (run, recorder) => byRestore(given, run, recorder, strategy));
  },
});

async function asAudited<Result>(
  given: RollbackOptions,
  { workspaceRoot, pluginVersion }: CommandContext,
  work: (run: AuditedRun, recorder: AuditRecorder) => Promise<Result>,
): Promise<Result> {
  const [{ audited }, { identifyRun }, { resolveTarget }] = await Promise.all([
    import('d1-core/audit'),
    import('d1-core/run'),
    import('d1-core/target'),
  ]);
  const run: AuditedRun = {
    target: resolveTarget(given, workspaceRoot),
    action: 'rollback',
    identify: identifyRun(workspaceRoot, pluginVersion),
    dryRun: given.dryRun,
  };
  return audited(run, (recorder) => work(run, recorder));
}

/** By the rollback scripts. */
export const byScript = (given: RollbackOptions, context: CommandContext) =>
  asAudited(given, context, (run, recorder) => runScripts(given, run, recorder));

async function runScripts(
  options: RollbackOptions,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
) {
  const [{ confirmTarget, show }, { describeBookmark }, work] = await loadWork();
  const { steps, to, dryRun, acceptDataLoss = '' } = options;
  const result = await work.rollback({
    target,
    identify,
    steps,
    to,
    dryRun,
    acceptDataLoss: acceptDataLoss.split(',').map((table) => table.trim()),
    onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
    onBegin: (change) => recorder.begin(change),
    async approve(plan) {
      show(options, work.describeRollbackPlan(plan));
      if (!dryRun) await confirmTarget(target, options.confirm);
    },
  });
  const warnings = [...result.warnings, ...(await recorder.end(result))];
  const exitCode: ExitCode =
    result.outcome === 'failed' ? (result.error?.exitCode ?? 1) : warnings.length > 0 ? 3 : 0;
  return {
    result: { ...result, warnings },
    exitCode,
    text: work.describeRollback({ ...result, warnings }),
    document: work.rollbackDocument({ ...result, warnings }),
  };
}

async function byRestore(
  options: RollbackOptions,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
  strategy: WayBack['strategy'],
): Promise<Outcome> {
  const [{ confirmTarget, show }, { describeBookmark }, work] = await loadWork();
  const { dryRun } = options;
  const result = await work.goBack({
    target,
    strategy,
    identify,
    dryRun,
    onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
    onBegin: (change) => recorder.begin(change),
    async approve(before, way) {
      show(options, work.describeWay(before, way));
      if (!dryRun) await confirmTarget(target, options.confirm);
    },
  });
  const warnings = [...result.warnings, ...(await recorder.end({ migrations: [] }))];
  return {
    exitCode: warnings.length > 0 ? 3 : 0,
    text: work.describeGoBack({ ...result, warnings }),
    document: work.goBackDocument({ ...result, warnings }),
  };
}

const loadWork = () =>
  Promise.all([import('d1-core/run'), import('../survey/index.ts'), import('../rollback/index.ts')]);
