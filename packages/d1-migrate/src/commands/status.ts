import {
  defineCommand,
  flag,
  reportOptions,
  targetOptions,
  type CommandContext,
  type OptionsOf,
} from 'd1-core/command';
import type { ExitCode, Outcome } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import type { Standing, StatusMatrix } from '../status/index.ts';
import { startAfter } from './shared-options.ts';

const important = { priority: 'important' } as const;

const options = {
  ...targetOptions,
  startAfter,
  all: flag('Show all environments side by side.', important),
  check: flag(
    'Fail when a migration is pending, when files and history do not agree, or when the schema is not what the applied migrations give.',
    important,
  ),
  history: flag(
    'Show the journal of the database instead: which run did what, when, by whom, from which commit, and the bookmark before it.',
    important,
  ),
  audit: flag(
    'Show the audit file of a protected environment instead, and verify it: whether a line was changed, removed or added.',
    important,
  ),
  ...reportOptions,
};

export const statusCommand = defineCommand({
  name: 'status',
  title: 'Show where a database stands',
  description:
    'Shows which migrations are applied and which are pending, whether files and history agree, and whether the schema is what the applied migrations give. Writes nothing.',
  options,
  ineffective: [
    { options: ['all', 'check', 'audit'], beside: { history: true }, why: 'the journal is shown alone' },
    {
      options: ['all', 'check'],
      beside: { audit: true },
      why: 'the audit file is shown alone, and verified',
    },
  ],
  examples: [
    { description: 'All environments side by side', options: { all: true } },
    {
      description: 'Fail in CI when production is behind, or was changed by hand',
      environment: 'production',
      options: { check: true },
    },
    { description: 'What was done to production', environment: 'production', options: { history: true } },
    {
      description: 'Prove that nobody edited the audit file',
      environment: 'production',
      options: { audit: true },
    },
  ],
  exitCodes: {
    1: 'the check failed, or somebody edited the audit file',
    3: 'not everything could be read or checked',
  },
  target: {
    defaultName: 'status',
    description: 'Show which D1 migrations are applied or pending, and what was changed by hand',
    location: 'any',
  },
  async run(given, { workspaceRoot }): Promise<Outcome> {
    const { resolveTarget, resolveTargets } = await import('d1-core/target');
    if (given.all) return standings(resolveTargets(given, workspaceRoot), given.check);
    const target = resolveTarget(given, workspaceRoot);
    if (given.history) return history(target);
    return given.audit ? audit(target) : standing(target, given.check);
  },
});

async function standing(target: Target, check: boolean): Promise<Outcome & { readonly result: Standing }> {
  const work = await import('../status/index.ts');
  const found = await work.readStanding(target);
  return {
    result: found,
    exitCode: exitCodeOf([found], check),
    text: work.describeStanding(found),
    document: work.standingDocument(found),
  };
}

/** One database, without a check. */
export async function statusOfOne(given: OptionsOf<typeof options>, { workspaceRoot }: CommandContext) {
  const { resolveTarget } = await import('d1-core/target');
  return standing(resolveTarget(given, workspaceRoot), false);
}

/** All environments, without a check. */
export async function statusOfAll(given: OptionsOf<typeof options>, { workspaceRoot }: CommandContext) {
  const { resolveTargets } = await import('d1-core/target');
  return standings(resolveTargets(given, workspaceRoot), false);
}

async function standings(
  targets: readonly Target[],
  check: boolean,
): Promise<Outcome & { readonly result: StatusMatrix<Standing> }> {
  const work = await import('../status/index.ts');
  const matrix = await work.readMatrix(targets, work.readStanding);
  const found = matrix.environments.flatMap((one) => ('status' in one ? one.status : []));
  return {
    result: matrix,
    exitCode: exitCodeOf(found, check) || (matrix.complete ? 0 : 3),
    text: work.describeStandings(matrix),
    document: work.standingsDocument(matrix),
  };
}

/** A file that wrangler does not apply is an error even where nothing is checked. */
function exitCodeOf(standings: readonly Standing[], check: boolean): ExitCode {
  if (standings.some(({ allTaken }) => !allTaken)) return 1;
  if (!check) return 0;
  const fails = ({ pending, consistent, drift }: Standing) =>
    pending > 0 || !consistent || drift.changes.length > 0;
  if (standings.some(fails)) return 1;
  return standings.some(({ drift }) => drift.unchecked !== undefined) ? 3 : 0;
}

async function history(target: Target): Promise<Outcome> {
  const work = await import('../journal/index.ts');
  const found = await work.readHistory(target);
  return { exitCode: 0, text: work.describeHistory(found), document: work.historyDocument(found) };
}

async function audit(target: Target): Promise<Outcome> {
  const work = await import('../journal/index.ts');
  const report = await work.readAuditReport(target);
  const { findings, notCompared } = report.verification;
  return {
    exitCode: findings.length > 0 ? 1 : notCompared === undefined ? 0 : 3,
    text: work.describeAudit(report),
    document: work.auditDocument(report),
  };
}
