import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { findWranglerConfig, readWranglerConfig, type D1Binding } from 'd1-core/environment';
import { D1Error, isD1Error } from 'd1-core/errors';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { findQueries, type FoundQueries } from '../find/index.ts';

/** Code that is deployed: one Worker at one commit. */
export interface DeployedCode {
  /** What git knows the commit by. */
  readonly ref: string;
  /** Its wrangler config, relative to the top of the repository. By default the config that is compared with. */
  readonly config?: string | undefined;
  /** What wrangler's `--env` took. By default the environment that is compared with. */
  readonly wranglerEnv?: string | undefined;
}

/** What is compared with a commit. */
export interface Compared {
  /** Absolute. */
  readonly configFile: string;
  /** What wrangler's `--env` takes; '' for the top level. */
  readonly wranglerEnv: string;
}

/** The code of a Worker at a commit. */
export interface CommitCode {
  readonly name: string;
  /** The folder, gone by now, that the places of its queries are in. */
  readonly root: string;
  readonly found: FoundQueries;
  /** The databases of its own config. */
  readonly databases: readonly Pick<D1Binding, 'binding' | 'databaseId'>[];
  /** Whether it has a file of the work tree, by its absolute path. */
  has(file: string): boolean;
}

/** Finds the queries of a Worker at a commit, from `main` of the config that it had then. Throws D1Error `unknown-revision`. */
export function readCommit(compared: Compared, { ref, config, wranglerEnv }: DeployedCode): CommitCode {
  const top = resolve(git(dirname(compared.configFile), ['rev-parse', '--show-toplevel']).trim());
  const commit = commitOf(top, ref);
  const pathOf = (file: string) => relative(top, file).split(sep).join('/');
  const listed = git(top, ['ls-tree', '-r', '-z', '--name-only', commit]).split('\0');
  const files = new Set(listed);
  const folder = makeThrowAwayFolder();
  try {
    const root = join(folder.path, 'tree');
    makeFolder(root);
    const env = { GIT_INDEX_FILE: join(folder.path, 'index') };
    git(top, ['read-tree', commit], { env });
    const needed = listed.filter((file) => NEEDED.test(file));
    git(top, ['checkout-index', '--stdin', '-z', `--prefix=${root}/`], { env, input: needed.join('\0') });
    linkPackages(top, root, needed);
    const file = realConfig(join(root, config ?? pathOf(realpathSync(compared.configFile))));
    const { main, databases } = workerAt(file, wranglerEnv ?? compared.wranglerEnv);
    const found = findQueries({ main, bindings: databases.map(({ binding }) => binding) });
    return { name: ref, root, found, databases, has: (path) => files.has(pathOf(path)) };
  } finally {
    folder.remove();
  }
}

/** What imports lead to, and what says where they lead. */
const NEEDED = /\.([cm]?[jt]sx?|sql|txt|jsonc?|toml)$/i;

interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const git = (cwd: string, args: readonly string[], { env, input }: GitOptions = {}): string =>
  execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });

function commitOf(top: string, ref: string): string {
  try {
    return git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).trim();
  } catch (cause) {
    throw new D1Error({
      code: 'unknown-revision',
      message: `git knows no commit "${ref}", so the queries of that code cannot be read.`,
      fix: 'Fetch the history (a shallow clone has one commit: "fetch-depth: 0" in GitHub Actions), or name with --deployed=<git ref> the commit, tag or branch that is deployed.',
      notes: ['Nothing was changed.'],
      exitCode: 2,
      cause,
    });
  }
}

/** A wrangler config may have had another format. */
const realConfig = (file: string): string =>
  existsSync(file) ? file : (findWranglerConfig(dirname(file)) ?? file);

/** Where the code of an environment began, and its databases. A commit without a config that can be read has neither. */
function workerAt(
  configFile: string,
  wranglerEnv: string,
): { readonly main: string; readonly databases: CommitCode['databases'] } {
  try {
    const { environments } = readWranglerConfig(configFile);
    const { main, databases } = environments.find(({ name }) => name === wranglerEnv) ?? environments[0];
    return { main: main ?? configFile, databases };
  } catch (error) {
    if (isD1Error(error)) return { main: configFile, databases: [] };
    throw error;
  }
}

/**
 * Packages are not part of a commit: those that are installed now are taken. But what links to a folder of the repository, as the
 * packages of a workspace do, leads to the same folder of the commit.
 */
function linkPackages(top: string, root: string, files: readonly string[]): void {
  const folders = files
    .filter((file) => /(^|\/)package\.json$/.test(file))
    .map((file) => dirname(file))
    .filter((folder) => existsSync(join(root, folder)));
  const realTop = realpathSync(top);
  const link = (from: string, to: string) => {
    if (lstatSync(from).isSymbolicLink()) {
      const target = existsSync(from) ? realpathSync(from) : from;
      const own = relative(realTop, target);
      const isOwn = !own.startsWith('..') && !own.split(sep).includes('node_modules');
      symlinkSync(isOwn ? join(root, own) : target, to, 'junction');
    } else symlinkSync(from, to, 'junction');
  };
  for (const folder of new Set(['.', ...folders])) {
    const from = join(top, folder, 'node_modules');
    const to = join(root, folder, 'node_modules');
    if (!existsSync(from) || existsSync(to)) continue;
    makeFolder(to);
    for (const name of readdirSync(from)) {
      if (!name.startsWith('@')) {
        link(join(from, name), join(to, name));
        continue;
      }
      makeFolder(join(to, name));
      for (const one of readdirSync(join(from, name))) link(join(from, name, one), join(to, name, one));
    }
  }
}
