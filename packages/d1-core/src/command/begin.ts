import { isDeepStrictEqual } from 'node:util';
import { requireNode } from '../node/index.ts';
import type { CommandResult } from '../run/index.ts';
import type { TargetOptions } from '../target/index.ts';
import type { Place, Success, Work, WorkOptions } from './work.ts';

/** What a run was given, and what the files say. */
export interface Beginning<Options> extends Place {
  readonly options: Options;
  readonly own: Partial<TargetOptions>;
  /** What the options that only files may set are called where the run was started. */
  readonly spelling?: Readonly<Record<(typeof OF_FILES)[number], string>>;
}

/** Decides what is protected, so a run may not give them: they are what nx.json and the project's files say. */
const OF_FILES = ['settings', 'wranglerConfig'] as const;

/**
 * The one way into every command, from Nx and from a terminal. A run that gives what decides on protection, other than the files
 * have it, is refused.
 */
export async function begin<Options extends WorkOptions, Result extends Success>(
  work: Work<Options, Result>,
  {
    options,
    own,
    workspaceRoot,
    nx,
    spelling = { settings: '--settings', wranglerConfig: '--wranglerConfig' },
  }: Beginning<Options>,
): Promise<Result | CommandResult> {
  requireNode();
  const changed = OF_FILES.filter(
    (name) => work.isOnFiles !== true && !isDeepStrictEqual(options[name], own[name]),
  );
  if (changed.length === 0) return (await work.load())(options, { workspaceRoot, nx });
  const { refuse } = await import('./refuse.ts');
  return refuse({ work, options, own, changed: changed.map((name) => spelling[name]), workspaceRoot });
}
