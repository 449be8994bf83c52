/** What a command line asks Nx to run, read as Nx's own parser reads it. */
export type RequestedRun = RunOne | RunMany;

export interface RunOne {
  readonly kind: 'one';
  /** `project:target:configuration`, `project:target` or a target of the current folder's project. */
  readonly specifier?: string | undefined;
  readonly project?: string | undefined;
  readonly target?: string | undefined;
  /** '' when the option is there and empty. */
  readonly configuration?: string | undefined;
}

export interface RunMany {
  readonly kind: 'many';
  readonly targets: readonly string[];
  /** Names and patterns; none means all. */
  readonly projects: readonly string[];
  readonly exclude: readonly string[];
  readonly configuration?: string | undefined;
}

/** Nx's options that take a value, by every name they have, in camel case. */
const valueOptions: ReadonlyMap<string, string> = new Map([
  ...['c', 'configuration'].map((name) => [name, 'configuration'] as const),
  ...['t', 'target', 'targets'].map((name) => [name, 'targets'] as const),
  ...['p', 'project', 'projects'].map((name) => [name, 'projects'] as const),
  ...['exclude', 'files', 'base', 'head', 'parallel', 'maxParallel'].map((name) => [name, name] as const),
  ...['runner', 'graph', 'tuiAutoExit', 'outputStyle'].map((name) => [name, name] as const),
]);
const flags: ReadonlySet<string> = new Set([
  ...[
    'prod',
    'verbose',
    'all',
    'nxBail',
    'nxIgnoreCycles',
    'skipNxCache',
    'disableNxCache',
    'skipRemoteCache',
  ],
  ...[
    'disableRemoteCache',
    'excludeTaskDependencies',
    'skipSync',
    'cloud',
    'dte',
    'useAgents',
    'agents',
    'batch',
  ],
  ...['tui', 'stdin', 'uncommitted', 'untracked', 'help', 'version'],
]);
/** For these, outside `nx run`, Nx takes all words up to the next option. */
const listOptions: ReadonlySet<string> = new Set(['targets', 'projects', 'exclude', 'files']);
const targetAliases: ReadonlyMap<string, string> = new Map(
  Object.entries({ b: 'build', e: 'e2e', l: 'lint', s: 'serve', t: 'test' }),
);

/** Reads `process.argv` of the Nx process. Words after `--` belong to the executors. */
export function parseRequestedRun(argv: readonly string[]): RequestedRun {
  const words = argv.slice(2);
  const { positionals, values, isProduction } = readWords(words);
  const [command = '', ...rest] = positionals;
  const configuration = configurationOf(values.get('configuration'));

  if (command === 'run-many' || command === 'affected' || command.startsWith('affected:')) {
    const [, alias] = command.split(':');
    return {
      kind: 'many',
      targets: alias === undefined ? splitList(values.get('targets')) : [alias],
      projects: command === 'run-many' ? splitList(values.get('projects')) : [],
      exclude: splitList(values.get('exclude')),
      configuration: isProduction ? 'production' : configuration,
    };
  }
  const isRun = command === 'run';
  const target = isRun ? values.get('targets')?.at(-1) : command;
  return {
    kind: 'one',
    specifier: isRun ? rest[0] : undefined,
    project: values.get('projects')?.at(-1) ?? (isRun ? undefined : rest[0]),
    target: target === undefined ? undefined : (targetAliases.get(target) ?? target),
    configuration: configuration || (isProduction ? 'production' : configuration),
  };
}

/** A repeated option gives Nx a list, which names no configuration at all. */
function configurationOf(values: readonly string[] | undefined): string | undefined {
  return values?.join(',');
}

function splitList(values: readonly string[] | undefined): string[] {
  return (values ?? [])
    .flatMap((value) => value.split(','))
    .map((item) => item.replace(/^"(.*)"$/, '$1'))
    .filter((item) => item !== '');
}

interface Words {
  readonly positionals: readonly string[];
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly isProduction: boolean;
}

function readWords(words: readonly string[]): Words {
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  let isProduction = false;
  let index = 0;
  while (index < words.length) {
    const word = words[index++] ?? '';
    if (word === '--') break;
    const option = readOption(word);
    if (option === undefined) {
      positionals.push(word);
    } else if (option.kind === 'flag') {
      const next = words[index];
      const isValue = option.value === undefined && (next === 'true' || next === 'false');
      if (isValue) index++;
      const value = isValue ? next : option.value;
      if (option.name === 'prod') isProduction = value !== 'false';
    } else {
      const found = option.value === undefined ? [] : [option.value];
      const takesMany = listOptions.has(option.name) && positionals[0] !== 'run';
      while (option.value === undefined && (takesMany || found.length === 0)) {
        const next = words[index];
        if (next === undefined || next.startsWith('-')) break;
        found.push(next);
        index++;
      }
      values.set(option.name, [...(values.get(option.name) ?? []), found.join(',')]);
    }
  }
  return { positionals, values, isProduction };
}

interface Option {
  readonly kind: 'flag' | 'value';
  readonly name: string;
  /** What stands behind `=`. */
  readonly value: string | undefined;
}

/** Undefined for a word that Nx does not know as an option of its own; it counts such a word as an argument. */
function readOption(word: string): Option | undefined {
  const match = /^(-{1,2})([a-z][a-z0-9-]*)(?:=(.*))?$/is.exec(word);
  if (match === null) return undefined;
  const [, dashes, written = '', value] = match;
  const name = written.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (dashes === '-' && name.length > 1) return undefined;
  const valueOption = valueOptions.get(name);
  if (valueOption !== undefined) return { kind: 'value', name: valueOption, value };
  if (flags.has(name)) return { kind: 'flag', name, value };
  return written.startsWith('no-') ? { kind: 'flag', name: 'negated', value } : undefined;
}
