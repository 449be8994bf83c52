import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { REPOSITORY, WRANGLER } from './packages.ts';
import { WORKER_APPS, writeWorkerApp } from './worker-app.ts';

export type PackageManager = 'npm' | 'pnpm';

/** A workspace as a user has it. */
export interface Workspace {
  readonly root: string;
  /** Runs a command; gives all that it prints, also when it fails. */
  run(command: readonly [string, ...string[]], env?: Readonly<Record<string, string>>): Promise<Run>;
  /** Runs the workspace's own Nx. */
  nx(...args: readonly string[]): Promise<Run>;
  remove(): void;
}

export interface Run {
  readonly exitCode: number | undefined;
  readonly output: string;
}

export interface NxVersion {
  readonly nx: string;
  /** The version that makes the workspace before Nx is updated, where create-nx-workspace has no such version. */
  readonly createdWith?: string;
}

export interface NewWorkspace extends NxVersion {
  readonly packageManager: PackageManager;
  readonly registry: string;
}

/** Milliseconds for one command. */
const TIMEOUT = 10 * 60_000;

/** Makes a workspace with create-nx-workspace, with wrangler and Workers of every kind in it, under git. */
export async function createWorkspace({
  nx,
  createdWith = nx,
  packageManager,
  registry,
}: NewWorkspace): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'd1-e2e-'));
  const root = join(folder, 'demo');
  const env = {
    // The Node of this repository, in front of an older one of the machine.
    PATH: [
      join(REPOSITORY, 'node_modules/.bin'),
      join(REPOSITORY, 'tools/e2e/programs/node_modules/.bin'),
      process.env['PATH'] ?? '',
    ].join(delimiter),
    npm_config_registry: registry,
    NPM_CONFIG_REGISTRY: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    // Of the packages in a registry on this machine nobody has attested where they come from.
    NX_SKIP_PROVENANCE_CHECK: 'true',
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    WRANGLER_SEND_METRICS: 'false',
    // What Nx and the test runner of this repository tell their own children.
    NX_WORKSPACE_ROOT_PATH: undefined,
    NODE_OPTIONS: undefined,
    GITHUB_ACTIONS: undefined,
  };
  const start = async (
    cwd: string,
    [file, ...args]: readonly [string, ...string[]],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Run> => {
    const { exitCode, all } = await execa(file, args, {
      cwd,
      env: { ...env, ...more },
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: TIMEOUT,
      killDescendants: true,
    });
    return { exitCode, output: all };
  };
  const workspace: Workspace = {
    root,
    run: (command, more) => start(root, command, more),
    nx: (...args) =>
      start(root, packageManager === 'npm' ? ['npx', 'nx', ...args] : ['pnpm', 'exec', 'nx', ...args]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    const create = [`create-nx-workspace@${createdWith}`, 'demo', '--preset=apps', `--pm=${packageManager}`];
    await must(start(folder, ['npx', '-y', ...create, '--nxCloud=skip', '--interactive=false', '--skipGit']));
    const development = [`wrangler@${WRANGLER}`];
    if (createdWith !== nx) {
      removePackages(root, /^@nx\//);
      development.push(`nx@${nx}`);
    }
    for (const app of WORKER_APPS) writeWorkerApp(root, app);
    await must(workspace.run([packageManager, ...addDevelopment(packageManager), ...development]));
    writeFileSync(join(root, '.gitignore'), 'node_modules\n.nx\n.wrangler\n.d1\ndist\n');
    await must(workspace.run(['git', 'init', '--quiet', '--initial-branch=main']));
    await commit(workspace, 'start');
    return workspace;
  } catch (error) {
    workspace.remove();
    throw error;
  }
}

const addDevelopment = (packageManager: PackageManager): readonly string[] =>
  packageManager === 'npm'
    ? ['install', '--save-dev', '--save-exact']
    : ['add', '--save-dev', '--save-exact', '-w'];

/** Takes packages out of what a workspace says that it needs. */
function removePackages(root: string, names: RegExp): void {
  const file = join(root, 'package.json');
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  const rest = Object.entries(manifest['devDependencies'] ?? {}).filter(([name]) => !names.test(name));
  writeFileSync(file, JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(rest) }, null, 2));
}

/** Commits everything that is not ignored. */
export async function commit(workspace: Workspace, message: string): Promise<void> {
  await must(workspace.run(['git', 'add', '--all']));
  const identity = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com'];
  await must(workspace.run(['git', ...identity, 'commit', '--quiet', '--message', message]));
}

/** What a command prints; throws it when the command fails. */
export async function must(running: Promise<Run>): Promise<string> {
  const { exitCode, output } = await running;
  if (exitCode === 0) return output;
  throw new Error(`A command ended with ${exitCode}:\n${output}`);
}
