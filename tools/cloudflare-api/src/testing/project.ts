import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findWrangler, runWrangler, type WranglerResult } from 'd1-core/wrangler';

/** The newest and the oldest wrangler that is supported, by the name of the package here. */
export const wranglers = ['wrangler', 'wrangler-min'] as const;
export type WranglerName = (typeof wranglers)[number];

/** A folder with a wrangler config, and the real CLI in it. */
export interface Project {
  run(args: readonly string[], options?: RunOptions): Promise<WranglerResult>;
  read(file: string): Promise<string>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Kills it. */
  readonly signal?: AbortSignal;
}

export interface ProjectOptions {
  readonly wrangler: WranglerName;
  readonly env: Readonly<Record<string, string>>;
  /** What the binding `DB` stands for. */
  readonly database: { readonly id: string; readonly name: string };
  /** Text by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export async function createProject({ wrangler, env, database, files }: ProjectOptions): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'cloudflare-api-project-'));
  const all = { 'wrangler.toml': configOf(database), ...files };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const cli = findWrangler(import.meta.dirname, wrangler);
  return {
    run: (args, { env: more, signal } = {}) =>
      runWrangler(cli, { args, cwd: folder, env: { ...env, ...more }, timeout: 60_000, signal }),
    read: (file) => readFile(join(folder, file), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const configOf = ({ id, name }: ProjectOptions['database']) => `
name = "worker"
compatibility_date = "2025-08-01"

[[d1_databases]]
binding = "DB"
database_name = "${name}"
database_id = "${id}"
`;
