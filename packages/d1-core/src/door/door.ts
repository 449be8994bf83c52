import { AsyncLocalStorage } from 'node:async_hooks';

/** What messages may name: a command or a generator, by its package and its own name. */
export type Named = `${CommandPackage}:${string}`;

type CommandPackage = 'd1-migrate' | 'd1-lint' | 'd1-queries' | 'd1-fleet' | 'd1-backup';

/** For which Worker, environment and database it is to be run. */
export interface Where {
  /** The project of Nx. */
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
  /** The binding. */
  readonly database?: string | undefined;
}

interface Line extends Where {
  readonly name: Named;
  /** Options and other words after the name, such as `--to=0001`. */
  readonly words: readonly string[];
}

/** How commands are run: from Nx, from a terminal, from a script. */
export type Door = (line: Line) => string;

/** Packages whose commands read files alone: they take no environment and no database. */
const ON_FILES: ReadonlySet<string> = new Set(['d1-lint', 'd1-queries']);

/** The generators of d1-migrate that a terminal has too, and whether they take an environment. */
const GENERATORS: ReadonlyMap<string, { readonly environment: boolean }> = new Map([
  ['d1-migrate:migration', { environment: false }],
  ['d1-migrate:rollback-script', { environment: false }],
  ['d1-migrate:rebuild-table', { environment: false }],
  ['d1-migrate:renumber', { environment: false }],
  ['d1-migrate:adopt', { environment: true }],
  ['d1-migrate:ci', { environment: true }],
]);

/** Which of the environment and the database a command takes. */
function taken({ name, environment, database }: Line): Where {
  if (ON_FILES.has(packageOf(name))) return {};
  return { database, ...(GENERATORS.get(name)?.environment === false ? {} : { environment }) };
}

const packageOf = (name: Named): string => name.slice(0, name.indexOf(':'));
const ownName = (name: Named): string => name.slice(name.indexOf(':') + 1);

/** A command line for a terminal: `npx d1-migrate rollback --env=production`. `config` leads to the Worker. */
export const terminalDoor =
  (config?: string): Door =>
  (line) => {
    const { environment, database } = taken(line);
    const isOnFiles = ON_FILES.has(packageOf(line.name));
    return [
      'npx',
      packageOf(line.name),
      ...(line.name === 'd1-lint:lint' ? [] : [ownName(line.name)]),
      ...line.words.filter((word) => !word.startsWith('-')),
      ...(environment === undefined ? [] : [`--env=${environment}`]),
      ...(database === undefined ? [] : [`--database=${database}`]),
      ...(config === undefined || isOnFiles ? [] : [`--config=${config}`]),
      ...line.words.filter((word) => word.startsWith('-')),
    ]
      .map(shellWord)
      .join(' ');
  };

export interface NxPlace {
  /** The project that is meant where a line names none. */
  readonly project: () => string;
  /** What the project calls the target of an executor; undefined where it has none. */
  readonly target: (executor: Named, project: string) => string | undefined;
  /** Where the Worker is, for what Nx has no target for. */
  readonly config?: string | undefined;
}

/** A command line for Nx: `npx nx run workers:rollback --configuration=production`. */
export const nxDoor =
  ({ project: usual, target: targetOf, config }: NxPlace): Door =>
  (line) => {
    const { environment, database } = taken(line);
    const more = database === undefined ? [] : [`--database=${database}`];
    if (GENERATORS.has(line.name)) {
      const words = line.words.filter((word) => !word.startsWith('-'));
      const options = line.words.filter((word) => word.startsWith('-'));
      const project = line.project === undefined ? [] : [`--project=${line.project}`];
      const named = environment === undefined ? [] : [`--environment=${environment}`];
      return ['npx', 'nx', 'g', line.name, ...words, ...project, ...named, ...more, ...options]
        .map(shellWord)
        .join(' ');
    }
    const project = line.project ?? usual();
    const target = targetOf(line.name, project);
    if (target === undefined) return terminalDoor(config)(line);
    const configuration = environment === undefined ? [] : [`--configuration=${environment}`];
    return ['npx', 'nx', 'run', `${project}:${target}`, ...configuration, ...more, ...line.words]
      .map(shellWord)
      .join(' ');
  };

/** For a script, which calls functions: `d1-migrate rollback (environment=production)`. */
export const neutralDoor: Door = (line) => {
  const { environment, database } = taken(line);
  const options = [
    ...(environment === undefined ? [] : [`environment=${environment}`]),
    ...(database === undefined ? [] : [`database=${database}`]),
    ...line.words.map((word) => word.replace(/^--/, '')),
  ];
  const name = `${packageOf(line.name)} ${ownName(line.name)}`;
  return options.length === 0 ? name : `${name} (${options.join(', ')})`;
};

/** A placeholder, such as `--to=<folder>`, is for the reader to fill in. */
const shellWord = (word: string): string =>
  /^(--[\w-]+=)?(<[\w .-]+>|[\w@%+=:,./-]+)+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

interface Entrance {
  readonly door: Door;
  readonly where: Where;
}

const entrance = new AsyncLocalStorage<Entrance>();

/** Runs work whose messages name commands as they are run at a door, for the Worker, environment and database of the run. */
export const atDoor = <Result>(door: Door, where: Where, work: () => Result): Result =>
  entrance.run({ door, where: known(where) }, work);

/** Runs a part of a run that is about one environment or database. */
export const about = <Result>(where: Where, work: () => Result): Result => {
  const { door, where: around } = here();
  return entrance.run({ door, where: { ...around, ...known(where) } }, work);
};

const here = (): Entrance => entrance.getStore() ?? { door: neutralDoor, where: {} };

const known = (where: Where): Where =>
  Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));

/**
 * How the reader runs a command or generator, with further words: by the door that this run came in, for the environment and
 * database that it is about. A script, which came in by none, is told the names alone.
 */
export const commandLine = (name: Named, ...words: readonly string[]): string => lineFor({}, name, ...words);

/** The same for another environment, database or Worker than the run is about. */
export function lineFor(where: Where, name: Named, ...words: readonly string[]): string {
  const { door, where: around } = here();
  return door({ ...around, ...known(where), name, words });
}
