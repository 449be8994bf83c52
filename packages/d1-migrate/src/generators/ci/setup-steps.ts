import type { Tree } from '@nx/devkit';

/** What a job needs to install the workspace and to run Nx. */
export interface Setup {
  /** The command that runs Nx. */
  readonly nx: string;
  /** The steps, as YAML in the depth of a job's steps. */
  readonly steps: string;
}

interface Manager {
  /** The file by which it is known. */
  readonly lockFile: string;
  readonly install: string;
  readonly nx: string;
  /** The name that actions/setup-node knows its cache by. */
  readonly cache?: string;
  /** The action that brings it, where the machines of GitHub do not have it. */
  readonly action?: string;
}

const MANAGERS: readonly Manager[] = [
  {
    lockFile: 'pnpm-lock.yaml',
    install: 'pnpm install --frozen-lockfile',
    nx: 'pnpm exec nx',
    cache: 'pnpm',
    action: 'pnpm/action-setup@v4',
  },
  { lockFile: '.yarnrc.yml', install: 'yarn install --immutable', nx: 'yarn nx', cache: 'yarn' },
  { lockFile: 'yarn.lock', install: 'yarn install --frozen-lockfile', nx: 'yarn nx', cache: 'yarn' },
  {
    lockFile: 'bun.lock',
    install: 'bun install --frozen-lockfile',
    nx: 'bunx nx',
    action: 'oven-sh/setup-bun@v2',
  },
];

const NPM: Omit<Manager, 'lockFile'> = { install: 'npm ci', nx: 'npx nx', cache: 'npm' };

/** The Node that wrangler and the plugins run on, where the workspace names none. */
const NODE_VERSION = '24';

/** How a job sets the workspace up, by the lock file that is in it. */
export function setupOf(tree: Tree): Setup {
  const { install, nx, cache, action } = MANAGERS.find(({ lockFile }) => tree.exists(lockFile)) ?? NPM;
  const versionFile = ['.nvmrc', '.node-version'].find((file) => tree.exists(file));
  const steps = [
    ...(action === undefined ? [] : [`- uses: ${action}`]),
    '- uses: actions/setup-node@v5',
    '  with:',
    versionFile === undefined
      ? `    node-version: '${NODE_VERSION}'`
      : `    node-version-file: ${versionFile}`,
    ...(cache === undefined ? [] : [`    cache: ${cache}`]),
    `- run: ${install}`,
  ];
  return { nx, steps: steps.map((line) => `      ${line}`).join('\n') };
}
