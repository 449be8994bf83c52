import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder, testWrangler, writeFiles } from './files.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const PLUGINS = ['d1-migrate', 'd1-lint', 'd1-queries', 'd1-backup'];
const ENTRIES = [
  'd1-migrate/plugin',
  'd1-migrate/guard',
  'd1-lint/plugin',
  'd1-queries/plugin',
  'd1-backup/plugin',
];

export interface NxRun {
  readonly exitCode: number | undefined;
  readonly output: string;
  /** The tasks that were run, in their order, such as `api:migrate:production`. */
  readonly tasks: readonly string[];
}

export interface NxWorkspace {
  readonly root: string;
  /** With these variables Nx runs in it as in a workspace of its own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<NxRun>;
  git(...args: readonly string[]): Promise<void>;
  /** Puts it under git, all in one commit of the branch `main`. */
  commit(): Promise<void>;
}

/** A workspace of its own for the real Nx, with the plugins of this repository as they are in their source. */
export function nxWorkspace(files: Readonly<Record<string, string>>): NxWorkspace {
  const root = temporaryFolder();
  linkPackages(root);
  writeFiles(root, {
    'package.json': '{ "name": "demo", "private": true, "type": "module", "workspaces": ["apps/*"] }',
    'package-lock.json': JSON.stringify(lock()),
    'nx.json': JSON.stringify({
      analytics: false,
      tui: { enabled: false },
      plugins: ENTRIES,
    }),
    '.gitignore': 'node_modules\n.nx\n.wrangler\n',
    ...files,
  });
  const own = {
    NODE_OPTIONS: '--conditions=@nx-d1/source',
    NX_DAEMON: 'false',
    // A process for each plugin takes two seconds more a run, with the same result.
    NX_ISOLATE_PLUGINS: 'false',
    NX_WORKSPACE_ROOT_PATH: undefined,
    NX_TASK_TARGET_PROJECT: undefined,
    FORCE_COLOR: '0',
    NO_COLOR: undefined,
    GITHUB_ACTIONS: undefined,
  };
  const git = async (...args: readonly string[]): Promise<void> => {
    await execa('git', args, { cwd: root });
  };
  return {
    root,
    env: own,
    git,
    async commit() {
      await git('init', '--quiet', '--initial-branch=main');
      await git('config', 'user.name', 'Ada');
      await git('config', 'user.email', 'ada@example.com');
      await git('add', '.');
      await git('commit', '--quiet', '--message=first');
    },
    async run(args, env = {}) {
      const nx = join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js');
      const { exitCode, all } = await execa(process.execPath, [nx, ...args], {
        cwd: root,
        all: true,
        reject: false,
        stdin: 'ignore',
        timeout: 100_000,
        env: { ...own, ...env },
      });
      const tasks = [...all.matchAll(/^> nx run (\S+)/gm)].flatMap(([, task]) => task ?? []);
      return { exitCode, output: all, tasks };
    },
  };
}

/** Nx looks up in it what a cached target depends on. */
const lock = () => ({
  lockfileVersion: 3,
  packages: {
    '': { name: 'demo' },
    'node_modules/wrangler': {
      version: testWrangler().version,
      resolved: 'https://registry.npmjs.org/wrangler/-/wrangler.tgz',
      integrity: 'sha512-none',
    },
  },
});

/** Everything that is installed here; of the plugins the source, which Nx else would look for in `dist`. */
function linkPackages(root: string): void {
  const modules = join(root, 'node_modules');
  const installed = join(REPOSITORY, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(installed).filter((entry) => !PLUGINS.includes(entry))) {
    symlinkSync(join(installed, name), join(modules, name), 'junction');
  }
  for (const plugin of PLUGINS) {
    const source = join(REPOSITORY, 'packages', plugin);
    mkdirSync(join(modules, plugin));
    for (const folder of ['src', 'schemas'].filter((name) => existsSync(join(source, name)))) {
      symlinkSync(join(source, folder), join(modules, plugin, folder), 'junction');
    }
    for (const file of readdirSync(source).filter((name) => name.endsWith('.json'))) {
      const text = readFileSync(join(source, file), 'utf8');
      const pointed = text
        .replaceAll('./dist/executors#', './src/executors.ts#')
        .replaceAll('./dist/', './src/');
      writeFileSync(join(modules, plugin, file), pointed);
    }
  }
}
