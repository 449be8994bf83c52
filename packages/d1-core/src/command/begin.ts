import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ExecutorContext, PromiseExecutor } from '@nx/devkit';
import { atDoor, type Door } from '../door/index.ts';
import { requireNode } from '../node/index.ts';
import type { CommandResult } from '../run/index.ts';
import type { TargetOptions } from '../target/index.ts';
import { countsOf, type Command, type CommandTable } from './command.ts';
import { readTexts } from './options.ts';
import { type Place, type Success, type Work, type WorkOptions, workOf } from './work.ts';

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

/** The executor of a command. */
export function executorOf(
  table: Pick<CommandTable, 'version'>,
  command: Command,
): PromiseExecutor<WorkOptions> {
  const work = workOf(table, command);
  const counts = countsOf(command);
  return async (given, nx) => {
    const { root, target, configurationName = '' } = nx;
    const own: Partial<TargetOptions> = {
      ...target?.options,
      ...target?.configurations?.[configurationName],
    };
    const options = readTexts(given, counts);
    const { environment, database, wranglerConfig } = options;
    const door: Door = {
      kind: 'nx',
      project: nx.projectName ?? '<project>',
      targets: targetsOf(nx),
      config: wranglerConfig && posix.dirname(wranglerConfig),
    };
    const where = {
      environment: environment === target?.defaultConfiguration ? undefined : environment,
      database: database === own.database ? undefined : database,
    };
    return atDoor({ door, where }, () => begin(work, { options, own, workspaceRoot: root, nx }));
  };
}

/** What the project of a run calls the targets of executors: the inferred ones, whatever they are called, or others like them. */
export function targetsOf({
  projectName = '',
  projectsConfigurations,
}: ExecutorContext): Readonly<Record<string, string>> {
  const { targets = {}, metadata } = projectsConfigurations?.projects[projectName] ?? {};
  const inferred = metadata?.targetGroups?.['D1'] ?? [];
  const names = Object.keys(targets).toSorted(
    (a, b) => Number(inferred.includes(a)) - Number(inferred.includes(b)),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const executor = targets[name]?.executor;
      return executor === undefined ? [] : [[executor, name]];
    }),
  );
}
