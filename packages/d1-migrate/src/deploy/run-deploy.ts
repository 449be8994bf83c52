import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { makeThrowAwayFolder } from 'd1-core/node';
import { explainFailure, runWrangler, shownOutput, type WranglerResult } from 'd1-core/wrangler';
import type { Target } from 'd1-core/target';

/** What wrangler has made of a deployment. */
export interface Deployment {
  /** The id of the version that runs now; null for a dry run. */
  readonly version: string | null;
  /** Where the Worker answers. */
  readonly urls: readonly string[];
  /** What wrangler printed: size, bindings, routes. */
  readonly output: readonly string[];
  readonly error: D1Error | undefined;
}

export interface DeployRun {
  readonly target: Target;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `wrangler deploy`. What it did is read from the file of results that wrangler writes, not from its exit status,
 * which is 0 too when its inner process is killed.
 */
export async function runDeploy({ target, dryRun, signal }: DeployRun): Promise<Deployment> {
  const { environment, wrangler, timeout } = target;
  const folder = makeThrowAwayFolder();
  const results = join(folder.path, 'results.ndjson');
  try {
    const run = await runWrangler(wrangler, {
      args: [
        'deploy',
        `--env=${environment.wranglerEnv}`,
        `--config=${environment.configFile}`,
        ...(dryRun ? ['--dry-run'] : []),
      ],
      cwd: dirname(environment.configFile),
      timeout,
      signal,
      env: { WRANGLER_OUTPUT_FILE_PATH: results },
    });
    const entry = await readDeployEntry(results);
    const version = textOf(entry?.['version_id']);
    const done = run.exitCode === 0 && entry !== undefined && (dryRun || version !== null);
    const targets: unknown = entry?.['targets'];
    return {
      version,
      urls: (Array.isArray(targets) ? targets : []).map(String),
      output: shownOutput(run).trim().split('\n'),
      error: done ? undefined : explain(run),
    };
  } finally {
    folder.remove();
  }
}

/** An upload is several requests: when a later one fails, the code may run already. */
function explain(run: WranglerResult): D1Error {
  const { code, message, fix, exitCode, notes } = explainFailure(run);
  const note = 'Whether the Worker was uploaded is not known: see "npx wrangler deployments list".';
  return new D1Error({ code, message, fix, exitCode, notes: [...notes, note] });
}

async function readDeployEntry(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line))
    .filter(isRecord)
    .find(({ type }) => type === 'deploy');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
