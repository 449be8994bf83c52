import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { execa } from 'execa';

const PACKAGE = join(import.meta.dirname, '../..');
const INSTALLED = join(PACKAGE, '../../node_modules');

export interface NxWorkspace {
  readonly root: string;
  nx(...args: readonly string[]): Promise<{ readonly exitCode: number | undefined; readonly output: string }>;
  git(...args: readonly string[]): Promise<void>;
}

/** A workspace of its own for the real Nx and git, with this plugin as it is in its source. */
export async function nxWorkspace(files: Readonly<Record<string, string>>): Promise<NxWorkspace> {
  const root = temporaryFolder();
  linkPackages(root);
  writeFiles(root, {
    '.gitignore': 'node_modules\n.nx\n',
    'package.json': '{ "name": "demo", "private": true, "type": "module", "workspaces": ["apps/*"] }',
    'package-lock.json': JSON.stringify(LOCK),
    'nx.json': JSON.stringify({ analytics: false, tui: { enabled: false }, plugins: ['d1-lint/plugin'] }),
    ...files,
  });
  const workspace: NxWorkspace = {
    root,
    async nx(...args) {
      const { exitCode, all } = await execa(
        process.execPath,
        [join(INSTALLED, 'nx/dist/bin/nx.js'), ...args],
        {
          cwd: root,
          all: true,
          reject: false,
          stdin: 'ignore',
          env: {
            NODE_OPTIONS: '--conditions=@nx-d1/source',
            NX_DAEMON: 'false',
            NX_WORKSPACE_ROOT_PATH: undefined,
            NX_TASK_TARGET_PROJECT: undefined,
            FORCE_COLOR: '0',
            GITHUB_ACTIONS: undefined,
          },
        },
      );
      return { exitCode, output: all };
    },
    async git(...args) {
      await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root });
    },
  };
  await workspace.git('init', '-q', '-b', 'main');
  await workspace.git('add', '.');
  await workspace.git('commit', '-q', '-m', 'first');
  return workspace;
}

/** Nx looks up in it what a cached target depends on. */
const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'demo' },
    'node_modules/wrangler': {
      version: testWrangler().version,
      resolved: 'https://registry.npmjs.org/wrangler/-/wrangler.tgz',
      integrity: 'sha512-none',
    },
  },
};

/** Everything that is installed here; of the plugin the source, which Nx else would look for in `dist`. */
function linkPackages(root: string): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, 'd1-lint'), { recursive: true });
  for (const name of readdirSync(INSTALLED).filter((entry) => entry !== 'd1-lint')) {
    symlinkSync(join(INSTALLED, name), join(modules, name), 'junction');
  }
  symlinkSync(join(PACKAGE, 'src'), join(modules, 'd1-lint/src'), 'junction');
  for (const file of ['package.json', 'executors.json', 'generators.json']) {
    const text = readFileSync(join(PACKAGE, file), 'utf8');
    writeFileSync(join(modules, 'd1-lint', file), text.replaceAll('./dist/', './src/'));
  }
}
