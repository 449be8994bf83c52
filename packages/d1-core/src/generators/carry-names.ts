import { posix } from 'node:path';
import { isObject } from '../errors/index.ts';
import type { Tree } from '@nx/devkit';
import { applyEdits, findNodeAtLocation, modify, parse, parseTree, type JSONPath } from 'jsonc-parser';
import { formatFiles, getProjects, logger } from '../nx/index.ts';
import { advice, carryCommands } from './carry-commands.ts';
import { findWorkers } from './find-worker.ts';
import {
  defaultNames,
  formerOptions,
  nameOption,
  packageOf,
  prefixOf,
  renamedTargets,
  type FormerNames,
  type Renamed,
  type Renaming,
} from './former-names.ts';

type Json = Readonly<Record<string, unknown>>;
/** Says what cannot be carried of a value of a JSON file. */
type NoteAt = (path: JSONPath, message: string) => void;

/**
 * The code migration from the former names of a plugin: in nx.json, project.json, package.json and the workflows of GitHub.
 * Warns, with file and line, of what it cannot carry. Changes nothing where the names are those of now.
 */
export async function carryNames(tree: Tree, former: FormerNames): Promise<void> {
  const entries = readJsonc(tree, 'nx.json')['plugins'];
  const own = (Array.isArray(entries) ? entries : []).filter((entry) => isEntryOf(former, entry));
  const [entry] = own;
  if (entry === undefined) return;
  const options = isObject(entry) && isObject(entry['options']) ? entry['options'] : {};
  const renaming = renamingOf(tree, former, options);

  if (own.length > 1)
    logger.warn(
      `nx.json registers ${former.plugin.name} more than once. Write targetPrefix in place of the names of targets in each of them; only the calls of the first are carried.`,
    );
  carryJson(tree, 'nx.json', (json, note) => carryNxJson(json, renaming, note));
  const roots = new Map([...getProjects(tree)].map(([name, { root }]) => [root, name]));
  // The workspace has scripts also where it is no project.
  for (const [root, name] of new Map([['.', ''], ...roots])) {
    carryJson(tree, posix.join(root, 'project.json'), (json, note) =>
      carryProject(json, name, renaming, note, []),
    );
    carryManifest(tree, posix.join(root, 'package.json'), name, renaming);
  }
  for (const name of tree.children('.github/workflows').filter((file) => /\.ya?ml$/.test(file)))
    carryText(tree, `.github/workflows/${name}`, renaming);
  await formatFiles(tree);
}

const isEntryOf = ({ plugin }: FormerNames, entry: unknown): boolean =>
  entry === plugin.name || (isObject(entry) && entry['plugin'] === plugin.name);

function renamingOf(tree: Tree, former: FormerNames, options: Json): Renaming {
  // Without the settings of environments: the plugin refuses the options as they are.
  const workers = new Set(findWorkers(tree, {}).map(({ project }) => project));
  const others = new Map(
    [...getProjects(tree)].map(([name, { root }]) => [name, otherTargets(tree, root, former)]),
  );
  return {
    ...renamedTargets(former, options),
    former,
    isOurs: (project, target) => workers.has(project) && others.get(project)?.has(target) !== true,
    isOnlyOurs: (target) => workers.size > 0 && ![...others.values()].some((names) => names.has(target)),
  };
}

/** The targets of a project that its manifests have with an executor or a command, and its scripts. */
function otherTargets(tree: Tree, root: string, former: FormerNames): ReadonlySet<string> {
  const project = readJsonc(tree, posix.join(root, 'project.json'));
  const manifest = readJsonc(tree, posix.join(root, 'package.json'));
  const targets = [project, manifest['nx']].flatMap((one) => entriesOf(one, 'targets'));
  return new Set([
    ...entriesOf(manifest, 'scripts').map(([name]) => name),
    ...targets
      .filter(([, target]) => isObject(target) && ('executor' in target || 'command' in target))
      // An executor of ours under the inferred name changes the inferred target.
      .filter(
        ([name, target]) => !(isObject(target) && target['executor'] === `${packageOf(former)}:${name}`),
      )
      .map(([name]) => name),
  ]);
}

const entriesOf = (value: unknown, key: string): readonly [string, unknown][] => {
  const child = isObject(value) ? value[key] : undefined;
  return isObject(child) ? Object.entries(child) : [];
};

function carryNxJson(json: Json, renaming: Renaming, note: NoteAt): Json {
  const { former } = renaming;
  const { plugins, targetDefaults, generators } = json;
  return defined({
    ...json,
    plugins: Array.isArray(plugins)
      ? plugins.map((entry: unknown) => (isEntryOf(former, entry) ? carryEntry(entry, former) : entry))
      : plugins,
    targetDefaults: isObject(targetDefaults) ? carryDefaults(targetDefaults, renaming, note) : targetDefaults,
    generators: isObject(generators) ? carryGenerators(generators, former) : generators,
  });
}

function carryEntry(entry: unknown, former: FormerNames): unknown {
  if (!isObject(entry) || !isObject(entry['options'])) return entry;
  const targetPrefix = prefixOf(former, entry['options']);
  if (targetPrefix === undefined) return entry;
  const gone = new Set(defaultNames(former).map(nameOption));
  const kept = Object.entries(entry['options']).filter(([name]) => !gone.has(name));
  const options = Object.fromEntries([
    ...(targetPrefix === '' ? [] : [['targetPrefix', targetPrefix]]),
    ...kept,
  ]);
  return { ...entry, options };
}

/** An entry of a name that others use too stays for them. */
function carryDefaults(defaults: Json, renaming: Renaming, note: NoteAt): Json {
  const carried: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(defaults)) {
    const at: JSONPath = ['targetDefaults', key];
    const [executor, target] = isObject(value)
      ? carryTarget(value, at, { key, name: key, project: undefined }, renaming, note)
      : [key, value];
    const renamed = renaming.targets.get(key);
    if (executor !== key && !(executor in defaults)) carried[executor] = target;
    else if (renamed === undefined || !renaming.isOnlyOurs(key)) carried[key] = target;
    else if (renamed.isPartOfDeploy || renamed.flag !== undefined || renamed.now in defaults) {
      note(at, advice(key, renamed));
      carried[key] = target;
    } else {
      if (renamed.isCommon) carried[key] = target;
      carried[renamed.now] = target;
    }
  }
  return carried;
}

function carryProject(json: Json, project: string, renaming: Renaming, note: NoteAt, above: JSONPath): Json {
  const { targets, generators } = json;
  return defined({
    ...json,
    targets: isObject(targets) ? carryTargets(targets, project, renaming, note, above) : targets,
    generators: isObject(generators) ? carryGenerators(generators, renaming.former) : generators,
  });
}

function carryTargets(
  targets: Json,
  project: string,
  renaming: Renaming,
  note: NoteAt,
  above: JSONPath,
): Json {
  const carried: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(targets)) {
    const at = [...above, 'targets', name];
    const target = isObject(value)
      ? carryTarget(value, at, { key: undefined, name, project }, renaming, note)[1]
      : value;
    const renamed = renaming.isOurs(project, name) ? renaming.targets.get(name) : undefined;
    const isMoved =
      renamed !== undefined &&
      !renamed.isPartOfDeploy &&
      renamed.flag === undefined &&
      !(renamed.now in targets);
    if (renamed !== undefined && !isMoved) note(at, advice(name, renamed));
    carried[isMoved ? renamed.now : name] = target;
  }
  return carried;
}

/** A target, and the executor that is its key in targetDefaults. */
function carryTarget(
  target: Json,
  at: JSONPath,
  {
    key,
    name,
    project,
  }: { readonly key: string | undefined; readonly name: string; readonly project: string | undefined },
  renaming: Renaming,
  note: NoteAt,
): readonly [string, Json] {
  const { former, names } = renaming;
  const isOurs = (one: string) =>
    project === undefined ? renaming.isOnlyOurs(one) : renaming.isOurs(project, one);
  const executor = target['executor'] ?? (key?.includes(':') === true ? key : undefined);
  const [plugin, command = ''] = typeof executor === 'string' ? executor.split(':') : [];
  const isMine = plugin === packageOf(former);
  const successor = isMine ? former.targets[command] : undefined;
  const now =
    successor === undefined || successor.isPartOfDeploy ? executor : `${plugin}:${successor.target}`;
  const takesOptions = isMine || (executor === undefined && names.has(name) && isOurs(name));
  const of = isMine ? String(now) : renaming.executors.get(name);
  const { options, configurations, dependsOn } = target;
  const added = successor?.flag === undefined ? {} : { [successor.flag]: true };
  const carried = defined({
    ...target,
    ...('executor' in target ? { executor: now } : {}),
    options:
      takesOptions && (isObject(options) || successor?.flag !== undefined)
        ? { ...added, ...carryOptions(isObject(options) ? options : {}, former, of, successor?.without) }
        : carryStrings(options, renaming, [...at, 'options'], note),
    configurations:
      takesOptions && isObject(configurations)
        ? mapValues(configurations, (one) =>
            isObject(one) ? carryOptions(one, former, of, successor?.without) : one,
          )
        : carryStrings(configurations, renaming, [...at, 'configurations'], note),
    command: carryStrings(target['command'], renaming, [...at, 'command'], note),
    dependsOn: Array.isArray(dependsOn)
      ? carryDependencies(dependsOn, isDeploy(name, renaming), isOurs, renaming, (message) =>
          note([...at, 'dependsOn'], message),
        )
      : dependsOn,
  });
  return [typeof now === 'string' && key === executor ? now : (key ?? ''), carried];
}

const isDeploy = (name: string, { targets }: Renaming): boolean =>
  (targets.get(name)?.was ?? name) === 'deploy';

function carryDependencies(
  dependsOn: readonly unknown[],
  ofDeploy: boolean,
  isOurs: (target: string) => boolean,
  { targets }: Renaming,
  note: (message: string) => void,
): readonly unknown[] {
  return dependsOn.flatMap((one) => {
    const name = isObject(one) ? one['target'] : one;
    const renamed: Renamed | undefined =
      typeof name === 'string' && isOurs(name) ? targets.get(name) : undefined;
    if (typeof name !== 'string' || renamed === undefined) return [one];
    if (renamed.isPartOfDeploy && ofDeploy) return [];
    // The target of another project may be meant, and a dependency gets no options.
    if (renamed.isPartOfDeploy || renamed.flag !== undefined || (isObject(one) && 'projects' in one)) {
      note(advice(name, renamed));
      return [one];
    }
    return [isObject(one) ? { ...one, target: renamed.now } : renamed.now];
  });
}

/** Options of the plugin's executors and generators. */
function carryOptions(options: Json, former: FormerNames, of: string | undefined, without?: string): Json {
  const changed = formerOptions(former, of);
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      if (name === without) return [];
      const found = changed.find((one) => one.name === name && (one.value ?? value) === value);
      if (found === undefined) return [[name, value]];
      return found.now === undefined ? [] : [[found.now, found.value === undefined ? value : true]];
    }),
  );
}

/** Defaults of generators, keyed `plugin:generator` or by the plugin and then the generator. */
function carryGenerators(generators: Json, former: FormerNames): Json {
  const plugin = packageOf(former);
  const carried = (full: string, value: unknown): [string, unknown] => {
    const now = former.generators[full] ?? full;
    return [now, isObject(value) ? carryOptions(value, former, now) : value];
  };
  return Object.fromEntries(
    Object.entries(generators).map(([key, value]) => {
      if (key.startsWith(`${plugin}:`)) return carried(key, value);
      if (key !== plugin || !isObject(value)) return [key, value];
      const nested = Object.entries(value).map(([name, one]) => {
        const [now, options] = carried(`${plugin}:${name}`, one);
        return [now.slice(plugin.length + 1), options];
      });
      return [key, Object.fromEntries(nested)];
    }),
  );
}

function carryManifest(tree: Tree, file: string, project: string, renaming: Renaming): void {
  carryJson(tree, file, (json, note) =>
    defined({
      ...json,
      scripts: carryStrings(json['scripts'], renaming, ['scripts'], note),
      nx: isObject(json['nx']) ? carryProject(json['nx'], project, renaming, note, ['nx']) : json['nx'],
    }),
  );
}

/** Commands, wherever they are in a value. */
function carryStrings(value: unknown, renaming: Renaming, at: JSONPath, note: NoteAt): unknown {
  if (typeof value === 'string') {
    const { text, notes } = carryCommands(value, renaming);
    for (const { message } of notes) note(at, message);
    return text;
  }
  if (Array.isArray(value))
    return value.map((one, index) => carryStrings(one, renaming, [...at, index], note));
  return isObject(value)
    ? mapValues(value, (one, key) => carryStrings(one, renaming, [...at, key], note))
    : value;
}

function carryText(tree: Tree, file: string, renaming: Renaming): void {
  const before = tree.read(file, 'utf8') ?? '';
  const { text, notes } = carryCommands(before, renaming);
  if (text !== before) tree.write(file, text);
  for (const { at, message } of notes) warnAt(file, before, at, message);
}

const warnAt = (file: string, text: string, offset: number, message: string): void =>
  logger.warn(`${file}:${text.slice(0, offset).split('\n').length}: ${message}`);

const mapValues = (object: Json, map: (value: unknown, key: string) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

/** Without the keys that were not there. */
const defined = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const readJsonc = (tree: Tree, file: string): Json => {
  const value: unknown = tree.exists(file) ? parse(tree.read(file, 'utf8') ?? '') : undefined;
  return isObject(value) ? value : {};
};

/** Changes values of a JSON file where it exists. Comments and the form of what does not change stay. */
export function carryJson(tree: Tree, file: string, carry: (json: Json, note: NoteAt) => Json): void {
  if (!tree.exists(file)) return;
  const before = tree.read(file, 'utf8') ?? '';
  const json: unknown = parse(before);
  if (!isObject(json)) return;
  const root = parseTree(before);
  const carried = carry(json, (path, message) => {
    const node = root === undefined ? undefined : findNodeAtLocation(root, path);
    warnAt(file, before, node?.offset ?? 0, message);
  });
  const after = changesOf(json, carried, []).reduce(
    (text, [path, value]) =>
      applyEdits(text, modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } })),
    before,
  );
  if (after !== before) tree.write(file, after);
}

/** The values that differ, by path; undefined for what is gone. */
function changesOf(
  before: unknown,
  after: unknown,
  path: JSONPath,
): readonly (readonly [JSONPath, unknown])[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one, index) => changesOf(one, after[index], [...path, index]));
  if (!isObject(before) || !isObject(after)) return [[path, after]];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesOf(before[key], after[key], [...path, key]));
}
