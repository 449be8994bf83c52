import type { PluginDefinition } from '../inference/index.ts';

/** The names that a plugin had before, and what they are called now. */
export interface FormerNames {
  readonly plugin: PluginDefinition;
  /** Targets and executors that are gone, by their former default name. */
  readonly targets: Readonly<Record<string, Successor>>;
  /** Generators by their former name, such as `d1-migrate:rollback`. */
  readonly generators: Readonly<Record<string, string>>;
  readonly options: readonly FormerOption[];
  /** Targets, by default name, that do something else than before without one of these options. */
  readonly changed: Readonly<
    Record<string, { readonly unless: readonly string[]; readonly message: string }>
  >;
}

/** What is there in place of a target. */
export interface Successor {
  /** The default name of the target that does its work. */
  readonly target: string;
  /** The option of `target` that asks for what the former target did. */
  readonly flag?: string;
  /** An option of the former target that is not needed any more. */
  readonly without?: string;
  /** Whether only `deploy` can take its place: a call is not carried, and is not needed before `deploy`. */
  readonly isPartOfDeploy?: true;
}

export interface FormerOption {
  readonly name: string;
  /** Only with this value, which the new option does not have. */
  readonly value?: string;
  /** Only of these executors and generators, such as `d1-backup:list`. */
  readonly of?: readonly string[];
  /** Undefined for one that had no effect, and is gone. */
  readonly now: string | undefined;
}

/** The new name of a target in this workspace, with what a call of it needs. */
export interface Renamed extends Successor {
  readonly now: string;
  /** The default name that it had. */
  readonly was: string;
  /** Whether it had its default name and still does its work: another plugin may well have a target of that name. */
  readonly isCommon: boolean;
}

/** What a text can mean by the name of a target. */
export interface Renaming {
  /** By the name that the target had in this workspace. */
  readonly targets: ReadonlyMap<string, Renamed>;
  /** All names of the plugin's targets, former and present. */
  readonly names: ReadonlySet<string>;
  /** The executor that does the work of a target now, by each of these names. */
  readonly executors: ReadonlyMap<string, string>;
  readonly former: FormerNames;
  /** Whether the target of a project comes from the plugin. */
  isOurs(project: string, target: string): boolean;
  /** Whether no project has a target of that name that comes from elsewhere. */
  isOnlyOurs(target: string): boolean;
}

/** Something that cannot be carried. `at` is the offset in the text. */
export interface Note {
  readonly at: number;
  readonly message: string;
}

/** The options that an executor or a generator had; without one, those that all had. */
export const formerOptions = ({ options }: FormerNames, of: string | undefined): readonly FormerOption[] =>
  options.filter((one) => one.of === undefined || (of !== undefined && one.of.includes(of)));

/** `backup-verify` had the option `backupVerifyTargetName`. */
export const nameOption = (defaultName: string): string =>
  `${defaultName.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}TargetName`;

export const packageOf = ({ plugin }: FormerNames): string => plugin.name.replace('/plugin', '');

/** The default names of the plugin's targets, former and present. */
export const defaultNames = ({ plugin, targets }: FormerNames): readonly string[] => [
  ...plugin.targets.map(({ defaultName }) => defaultName),
  ...Object.keys(targets),
];

/**
 * The prefix that takes the place of the given names of targets: the one that they have in common, otherwise `d1-`. Undefined
 * where no name is given.
 */
export function prefixOf(
  former: FormerNames,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const prefixes = defaultNames(former).flatMap((name) => {
    const given = options[nameOption(name)];
    if (given === undefined) return [];
    return [typeof given === 'string' && given.endsWith(name) ? given.slice(0, -name.length) : 'd1-'];
  });
  const [first] = prefixes;
  return prefixes.every((one) => one === first) ? first : 'd1-';
}

/** The targets whose names change, by the names that they have with these options of nx.json. */
export function renamedTargets(
  former: FormerNames,
  options: Readonly<Record<string, unknown>>,
): Pick<Renaming, 'targets' | 'names' | 'executors'> {
  const given = prefixOf(former, options);
  const present = options['targetPrefix'];
  // A workspace with a prefix never had the former names.
  const isNew = given === undefined && typeof present === 'string';
  const prefix = given ?? (typeof present === 'string' ? present : '');
  const targets = new Map<string, Renamed>();
  const names = new Set<string>();
  const executors = new Map<string, string>();
  for (const name of defaultNames(former)) {
    const option = options[nameOption(name)];
    const before = typeof option === 'string' ? option : isNew ? `${prefix}${name}` : name;
    const successor = former.targets[name] ?? { target: name };
    const now = `${prefix}${successor.target}`;
    names.add(before).add(now);
    const executor = former.plugin.targets.find(
      ({ defaultName }) => defaultName === successor.target,
    )?.executor;
    if (executor !== undefined) executors.set(before, executor).set(now, executor);
    if (before === now || (isNew && name in former.targets)) continue;
    targets.set(before, {
      ...successor,
      now,
      was: name,
      isCommon: before === name && !(name in former.targets),
    });
  }
  return { targets, names, executors };
}
