import { type JournalEntry, ownEntries } from 'd1-core/records';
import { isObject } from 'd1-core/errors';

/** What the journal keeps of a deployment, in the detail of its rows. */
export interface DeployDetail {
  readonly worker: string;
  /** The wrangler config, relative to the top of the repository, with `/`; null outside of git. */
  readonly config: string | null;
  /** What wrangler's `--env` took. */
  readonly env: string;
  /** Files that were not as in the commit. */
  readonly changed: number;
  /** The id of the version at Cloudflare; null while it is uploaded. */
  readonly version: string | null;
}

/** Code that runs on a database, or may. */
export interface DeployedCode {
  readonly worker: string;
  /** What git knows it by; null where nobody knows the commit. */
  readonly ref: string | null;
  readonly config: string | undefined;
  readonly wranglerEnv: string | undefined;
  /** Files that were not as in the commit. */
  readonly changed: number;
  /** Whether its upload is known to have ended well. */
  readonly certain: boolean;
}

/**
 * The code that is deployed, by the journal of a database: of each Worker the last that was uploaded. An upload that broke off since,
 * or failed, may run too. Rows that came with the archive of another database say nothing.
 */
export function deployedCode(journal: readonly JournalEntry[]): readonly DeployedCode[] {
  const rows = ownEntries(journal).filter(({ action }) => action === 'deploy');
  const byWorker = Map.groupBy(
    rows.flatMap((row) => {
      const detail = readDetail(row.detail);
      return detail === undefined ? [] : [{ row, detail }];
    }),
    ({ detail: { worker } }) => worker,
  );
  return [...byWorker.values()].flatMap((own) => {
    const done = own.findLastIndex(({ row }) => row.outcome === 'applied');
    const run = own[done]?.row.run;
    // The beginning of the run that is done stands before its end.
    const open = own.slice(done + 1).filter(({ row }) => row.run !== run);
    const runs = new Map(
      [...own.slice(Math.max(done, 0), done + 1), ...open].map((one) => [one.row.run, one]),
    );
    return [...runs.values()].map(({ row, detail }): DeployedCode => ({
      worker: detail.worker,
      ref: row.commit,
      config: detail.config ?? undefined,
      wranglerEnv: detail.env,
      changed: detail.changed,
      certain: row.run === run,
    }));
  });
}

/** Code that somebody names. */
export const namedCode = (refs: readonly string[], worker: string): readonly DeployedCode[] =>
  refs.map((ref) => ({
    worker,
    ref,
    config: undefined,
    wranglerEnv: undefined,
    changed: 0,
    certain: true,
  }));

function readDetail(text: string | null): DeployDetail | undefined {
  const value = parse(text);
  if (!isObject(value) || typeof value['worker'] !== 'string') return undefined;
  const { worker, config, env, changed, version } = value;
  return {
    worker,
    config: typeof config === 'string' ? config : null,
    env: typeof env === 'string' ? env : '',
    changed: typeof changed === 'number' ? changed : 0,
    version: typeof version === 'string' ? version : null,
  };
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined; // Another version's.
  }
}
