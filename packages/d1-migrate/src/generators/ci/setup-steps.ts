import type { FileTree } from 'd1-core/site';

/** What a job needs to install the packages and to run what they bring. */
export interface Setup {
  /** What starts a program of a package. */
  readonly start: string;
  /** The steps, as YAML in the depth of a job's steps. */
  readonly steps: string;
}

interface Manager {
  /** The file by which it is known. */
  readonly lockFile: string;
  readonly install: string;
  readonly start: string;
  /** The name that actions/setup-node knows its cache by. */
  readonly cache?: string;
  /** The action that brings it, where the machines of GitHub do not have it. */
  readonly action?: string;
}

const MANAGERS: readonly Manager[] = [
  {
    lockFile: 'pnpm-lock.yaml',
    install: 'pnpm install --frozen-lockfile',
    start: 'pnpm exec',
    cache: 'pnpm',
    action: 'pnpm/action-setup@v4',
  },
  { lockFile: '.yarnrc.yml', install: 'yarn install --immutable', start: 'yarn', cache: 'yarn' },
  { lockFile: 'yarn.lock', install: 'yarn install --frozen-lockfile', start: 'yarn', cache: 'yarn' },
  {
    lockFile: 'bun.lock',
    install: 'bun install --frozen-lockfile',
    start: 'bunx',
    action: 'oven-sh/setup-bun@v2',
  },
];

const NPM: Omit<Manager, 'lockFile'> = { install: 'npm ci', start: 'npx', cache: 'npm' };

/** The Node that wrangler and the plugins run on, where the workspace names none. */
const NODE_VERSION = '24';

/** How a job sets the workspace up, by the lock file that is in it. */
export function setupOf(tree: FileTree): Setup {
  const { install, start, cache, action } = MANAGERS.find(({ lockFile }) => tree.exists(lockFile)) ?? NPM;
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
  return { start, steps: steps.map((line) => `      ${line}`).join('\n') };
}
