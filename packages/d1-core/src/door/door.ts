import { AsyncLocalStorage } from 'node:async_hooks';

/** What messages may name: a command or a generator, by its package and its own name. */
export type Named = `${string}:${string}`;

/** How the reader runs commands. */
export type Door =
  | {
      readonly kind: 'nx';
      /** That is meant where a line names none. */
      readonly project: string;
      /** What projects call the target of an executor. What has no target is run in a terminal. */
      readonly targets: Readonly<Record<string, string>>;
      /** Where the Worker is, for a terminal at the root of the workspace. */
      readonly config?: string | undefined;
    }
  | {
      readonly kind: 'terminal';
      /** What leads to the Worker, where it is not the working directory. */
      readonly config?: string | undefined;
    }
  | { readonly kind: 'script' };

/** For which Worker, environment and database a command is to be run. */
export interface Where {
  /** The project of Nx. */
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
  /** The binding; null for none, also where the run is about one. */
  readonly database?: string | null | undefined;
}

/** By which door a run came in, and what it is about. A plain value, which another process can be given. */
export interface Entrance {
  readonly door: Door;
  readonly where: Where;
}

interface Line extends Where {
  readonly name: Named;
  /** Options and other words after the name, such as `--to=0001`. */
  readonly words: readonly string[];
}

/** Packages whose commands read files alone: they take no environment and no database. */
const ON_FILES: ReadonlySet<string> = new Set(['d1-lint', 'd1-queries']);

/** The generators that messages name, and whether they take an environment. */
const GENERATORS: Readonly<Record<string, { readonly environment: boolean }>> = {
  'd1-migrate:migration': { environment: false },
  'd1-migrate:rollback-script': { environment: false },
  'd1-migrate:rebuild-table': { environment: false },
  'd1-migrate:renumber': { environment: false },
  'd1-migrate:adopt': { environment: true },
  'd1-migrate:ci': { environment: true },
};

/** A command as it is run at a door. */
export function lineAt(door: Door, line: Line): string {
  switch (door.kind) {
    case 'nx':
      return nxLine(door, line);
    case 'terminal':
      return terminalLine(door, line);
    case 'script':
      return scriptLine(line);
  }
}

function nxLine({ project, targets, config }: Extract<Door, { kind: 'nx' }>, line: Line): string {
  const { environment, database } = taken(line);
  const { plain, options } = sorted(line);
  if (line.name in GENERATORS) {
    const where = { project: line.project, environment, database };
    return joined(['npx', 'nx', 'g', line.name, ...plain, ...given(where), ...options]);
  }
  const target = targets[line.name];
  if (target === undefined) return terminalLine({ kind: 'terminal', config }, line);
  const where = { configuration: environment, database };
  return joined(['npx', 'nx', 'run', `${line.project ?? project}:${target}`, ...given(where), ...line.words]);
}

function terminalLine({ config }: Extract<Door, { kind: 'terminal' }>, line: Line): string {
  const { environment: env, database } = taken(line);
  const { plain, options } = sorted(line);
  const [plugin, command] = parts(line);
  const where = { env, database, config: ON_FILES.has(plugin) ? undefined : config };
  // The first word of d1-lint need not be a command: then it lints.
  const name = plugin === 'd1-lint' && command === 'lint' ? [] : [command];
  return joined(['npx', plugin, ...name, ...plain, ...given(where), ...options]);
}

/** For a script, which calls functions: `d1-migrate rollback (environment=production)`. */
function scriptLine(line: Line): string {
  const { environment, database } = taken(line);
  const words = [...given({ environment, database }), ...line.words];
  const options = words.length === 0 ? '' : ` (${words.map((word) => word.replace(/^--/, '')).join(', ')})`;
  return `${parts(line).join(' ')}${options}`;
}

/** Which of the environment and the database a command takes. */
function taken({ name, environment, database }: Line): Where {
  if (ON_FILES.has(parts({ name })[0])) return {};
  return { database, ...(GENERATORS[name]?.environment === false ? {} : { environment }) };
}

function parts({ name }: Pick<Line, 'name'>): readonly [plugin: string, command: string] {
  const colon = name.indexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

const sorted = ({ words }: Line) => ({
  plain: words.filter((word) => !word.startsWith('-')),
  options: words.filter((word) => word.startsWith('-')),
});

const given = (options: Readonly<Record<string, string | null | undefined>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`--${name}=${value}`],
  );

/** A placeholder, such as `--to=<folder>`, is for the reader to fill in. */
const joined = (words: readonly string[]): string =>
  words
    .map((word) =>
      /^(<[\w .-]+>|[\w@%+=:,./-]+)+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
    )
    .join(' ');

const entrances = new AsyncLocalStorage<Entrance>();

/** By which door this run came in; a script comes in by none. */
export const entrance = (): Entrance => entrances.getStore() ?? { door: { kind: 'script' }, where: {} };

/** Runs work whose messages name commands as they are run at a door, for the Worker, environment and database of the run. */
export const atDoor = <Result>({ door, where }: Entrance, work: () => Result): Result =>
  entrances.run({ door, where: known(where) }, work);

/** Runs a part of a run that is about one environment or database. */
export function about<Result>(where: Where, work: () => Result): Result {
  const around = entrance();
  return atDoor({ ...around, where: { ...around.where, ...known(where) } }, work);
}

const known = (where: Where): Where =>
  Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));

/**
 * How the reader runs a command or generator, with further words: by the door that this run came in, for the environment and
 * database that it is about.
 */
export const commandLine = (name: Named, ...words: readonly string[]): string => lineFor({}, name, ...words);

/** The same for another environment, database or Worker than the run is about. */
export function lineFor(where: Where, name: Named, ...words: readonly string[]): string {
  const { door, where: around } = entrance();
  return lineAt(door, { ...around, ...known(where), name, words });
}

/** A line for a file that is read later, for what is named alone; a script leaves that of a terminal. */
export function lineInFile(where: Where, name: Named, ...words: readonly string[]): string {
  const { door } = entrance();
  return lineAt(door.kind === 'script' ? { kind: 'terminal' } : door, { ...where, name, words });
}
