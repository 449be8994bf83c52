import { dirname, relative, sep } from 'node:path';
import { findChanges, findRepository } from 'd1-core/git';
import { journalStatements, stampStatements, type JournalOutcome } from 'd1-core/records';
import type { RunIdentity } from 'd1-core/run';
import { openTarget, type Target } from 'd1-core/target';
import type { DeployDetail } from '../queries/index.ts';

/** What is compared with the deployed code later: files that can hold queries, and those that say where they are. */
const OF_CODE = /\.([cm]?[jt]sx?|sql|jsonc?|toml)$/i;

/** How many files of code in the work tree are not as in the commit. 0 outside of git, where there is no commit either. */
export async function changedCode({ environment }: Target): Promise<number> {
  const changes = (await findChanges(dirname(environment.configFile))) ?? [];
  return changes.filter((file) => OF_CODE.test(file) && !/(^|\/)\.d1\//.test(file)).length;
}

export interface DeployNote {
  readonly identity: RunIdentity;
  readonly changed: number;
  readonly outcome: JournalOutcome;
  /** The id of the version at Cloudflare. */
  readonly version: string | null;
  readonly durationMs: number | null;
}

/** Notes in the journal of each database which code is uploaded: what `plan` and `migrate` compare migrations with later. */
export async function noteDeployment(targets: readonly Target[], note: DeployNote): Promise<void> {
  const { identity, changed, outcome, version, durationMs } = note;
  for (const target of targets) {
    const { environment, wrangler } = target;
    const repository = await findRepository(dirname(environment.configFile));
    const detail: DeployDetail = {
      worker: environment.workerName,
      config: repository === null ? null : relative(repository, environment.configFile).split(sep).join('/'),
      env: environment.wranglerEnv,
      changed,
      version,
    };
    const entry = {
      ...identity,
      action: 'deploy',
      migration: null,
      outcome,
      rawChecksum: null,
      tokenChecksum: null,
      bookmark: null,
      wranglerVersion: wrangler.version,
      durationMs,
      detail: JSON.stringify(detail),
    } as const;
    const d1 = openTarget(target);
    try {
      await d1.batch([...stampStatements(environment.name), ...journalStatements([entry])]);
    } finally {
      await d1.close();
    }
  }
}
