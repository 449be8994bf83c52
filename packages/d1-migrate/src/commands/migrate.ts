import { resolve } from 'node:path';
import type { AuditRecorder } from 'd1-core/audit';
import { defineCommand, flag, path, reportOptions, targetOptions, text } from 'd1-core/command';
import type { MigrateResult } from '../apply/index.ts';
import { codeOptions, confirm, startAfter } from './shared-options.ts';

export const migrateCommand = defineCommand({
  name: 'migrate',
  title: 'Apply pending migrations',
  description:
    'Applies the pending migrations of a D1 database through wrangler, then reads the database to report what was applied.',
  options: {
    ...targetOptions,
    startAfter,
    confirm,
    plan: path('A file that the command "plan" has written', {
      more: 'What it says is applied only if nothing of it has changed.',
      priority: 'important',
    }),
    to: text('The number or name of the pending migration that is the last one then.', {
      priority: 'important',
    }),
    dryRun: flag('Show what is pending, and stop before anything is changed.', { priority: 'important' }),
    skipRehearsal: flag(
      'Change a protected environment although these migrations were not rehearsed on its data. The journal notes it.',
    ),
    rehearsedOn: text(
      'Take a rehearsal with --from=<file> for one on the data of a protected environment: the name of that file. The journal notes it.',
    ),
    ...codeOptions,
    ...reportOptions,
  },
  ineffective: [
    { options: ['rehearsedOn'], beside: { skipRehearsal: true }, why: 'no rehearsal is asked for' },
  ],
  examples: [
    { description: 'Apply to the local database' },
    {
      description: 'Apply to production, in CI',
      environment: 'production',
      options: { confirm: 'my-database' },
    },
    {
      description: 'Apply what was approved, and nothing else',
      environment: 'production',
      options: { plan: 'dist/d1/plan-production.json' },
    },
  ],
  exitCodes: {
    3: 'applied, but something was not noted',
    11: 'another run works on the database',
  },
  target: {
    defaultName: 'migrate',
    description: 'Apply the pending D1 migrations to an environment',
    location: 'any',
    example: { environment: 'staging' },
  },
  async run(given, { workspaceRoot, pluginVersion }) {
    const [
      { audited },
      { confirmTarget, identifyRun, interruptible, show },
      { resolveTarget },
      work,
      { describeBookmark },
    ] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('d1-core/target'),
      import('../apply/index.ts'),
      import('../survey/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const identify = identifyRun(workspaceRoot, pluginVersion);
    const { dryRun, skipRehearsal, rehearsedOn, deployed, acceptBrokenQueries } = given;
    const migrate = async (recorder: AuditRecorder, signal: AbortSignal): Promise<MigrateResult> => {
      const plan =
        given.plan === undefined
          ? undefined
          : await (await import('../approval/index.ts')).readPlan(resolve(workspaceRoot, given.plan));
      const result = await work.migrate({
        target,
        plan,
        identify,
        dryRun,
        to: given.to,
        skipRehearsal,
        rehearsedOn,
        deployed,
        acceptBrokenQueries,
        signal,
        onBookmark: (bookmark) => show(given, describeBookmark(target, bookmark)),
        onBegin: (change) => recorder.begin(change),
        async approve(survey, pending, queries) {
          show(given, work.describePending(survey, pending));
          if (queries !== undefined)
            show(given, ['', ...(await import('../queries/index.ts')).describeQueries(queries)]);
          if (skipRehearsal) show(given, work.describeSkippedRehearsal(target));
          if (!dryRun) await confirmTarget(target, given.confirm);
        },
      });
      const notNoted = await recorder.end(result);
      return { ...result, warnings: [...result.warnings, ...notNoted] };
    };
    const run = { target, action: 'migrate', identify, dryRun };
    const result = await interruptible((signal) => audited(run, (recorder) => migrate(recorder, signal)));
    const incomplete = result.warnings.length > 0 ? 3 : 0;
    return {
      result,
      exitCode: result.error?.exitCode ?? incomplete,
      text: work.describeResult(result),
      document: work.migrateDocument(result),
    };
  },
});
