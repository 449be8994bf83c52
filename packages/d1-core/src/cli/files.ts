import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import { minimatch } from 'minimatch';
import { findWranglerConfig, listEnvironments, readWranglerConfig } from '../environment/index.ts';
import { lineAt } from '../door/index.ts';
import { D1Error, isObject } from '../errors/index.ts';
import {
  checkPluginOptions,
  configFolders,
  inferProjects,
  isProject,
  ownFolder,
  readProjectName,
  requireKnownSettings,
  statedOptions,
  targetName,
  type PluginDefinition,
  type PluginOptions,
} from '../inference/index.ts';
import type { TargetOptions } from '../target/index.ts';

/** What the files around a wrangler config say of a run, as Nx would pass it on. */
export interface FilesSay {
  /** The workspace of Nx, or the folder of the wrangler config. Absolute. */
  readonly root: string;
  readonly own: TargetOptions;
  /** Options that the target of the command has, where several Workers would write the same file. */
  readonly usual: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Of which one of ours the options count where a workspace has not registered this plugin. */
const PLUGINS = [
  'd1-migrate/plugin',
  'd1-lint/plugin',
  'd1-queries/plugin',
  'd1-backup/plugin',
  'd1-fleet/plugin',
];

/** The wrangler config that is meant: of this folder, or of the next one above it. Throws D1Error `no-wrangler-config`. */
export function findConfig(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = findWranglerConfig(at);
    if (file !== undefined) return file;
    if (at === dirname(at)) throw noConfig(`in ${folder}, nor in a folder above it`);
  }
}

/** The config that wrangler reads where a path leads to: a folder, or a file in it. Throws D1Error `no-wrangler-config`. */
export function configBeside(path: string): string {
  if (!existsSync(path)) throw noConfig(`at ${path}, which does not exist`);
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const file = findWranglerConfig(folder);
  if (file === undefined) throw noConfig(`in ${folder}`);
  return file;
}

const noConfig = (where: string): D1Error =>
  new D1Error({
    code: 'no-wrangler-config',
    message: `There is no wrangler.json, wrangler.jsonc or wrangler.toml ${where}.`,
    fix: 'Run it in the folder of the Worker, or name that with --config=<folder>.',
    exitCode: 2,
  });

/**
 * Reads what decides on protection from the files alone: the options of the plugin in the nx.json above the wrangler config, or
 * else `d1` in the package.json next to it. Throws what is wrong with them, and `settings-of-target` where a run without Nx would
 * lose what the project says of a target.
 */
export function readFiles(
  configFile: string,
  plugin: PluginDefinition,
  command: { readonly name: string },
): FilesSay {
  const folder = dirname(configFile);
  const workspace = findNx(folder);
  const root = workspace?.root ?? folder;
  const own = (options: PluginOptions): FilesSay => ({
    root,
    usual: workspace === undefined ? {} : ownOutput(plugin, command, root, folder, options),
    own: {
      wranglerConfig: slashed(relative(root, configFile)),
      ...(options.environments === undefined ? {} : { settings: options.environments }),
      ...(options.database === undefined ? {} : { database: options.database }),
      ...(options.persistTo === undefined ? {} : { persistTo: options.persistTo }),
      ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
    },
  });
  const manifest = join(folder, 'package.json');
  const beside = readManifest(manifest)?.['d1'];
  const ofNx = workspace === undefined ? undefined : optionsInNx(workspace, configFile, plugin, command);
  if (ofNx !== undefined) {
    if (beside !== undefined) throw saidTwice(manifest);
    return own(ofNx);
  }
  if (beside === undefined) return own({});
  checkPluginOptions({ ...plugin, targets: [] }, beside, manifest);
  const options: PluginOptions = isObject(beside) ? beside : {};
  const { environments = {} } = options;
  const known = listEnvironments(readWranglerConfig(configFile), environments).map(({ name }) => name);
  requireKnownSettings(plugin, Object.keys(environments), known, manifest);
  return own(options);
}

/** The folder of the Worker's own that the option of a target names where the workspace has several Workers, as Nx has it. */
function ownOutput(
  plugin: PluginDefinition,
  command: { readonly name: string },
  root: string,
  folder: string,
  options: PluginOptions,
): Readonly<Record<string, string>> {
  const own = targetOf(plugin, command)?.ownFolder;
  if (own === undefined) return {};
  const configs = wranglerConfigs(root);
  const { environments: _, ...others } = options;
  const workers = isProject(folder)
    ? inferProjects(plugin, configs, others, { root, namedInputs: {}, plugins: [] })
    : configFolders(configs);
  return workers.length > 1 ? { [own.option]: ownFolder(own.folder, readProjectName(folder)) } : {};
}

const targetOf = ({ targets }: PluginDefinition, { name }: { readonly name: string }) =>
  targets.find(({ executor }) => executor.endsWith(`:${name}`));

interface NxWorkspace {
  readonly root: string;
  readonly nxJson: Json;
}

function findNx(folder: string): NxWorkspace | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const nxJson = readManifest(join(at, 'nx.json'));
    if (nxJson !== undefined) return { root: at, nxJson: extended(at, nxJson) };
    if (at === dirname(at)) return undefined;
  }
}

/** Nx lays nx.json over the file that it extends. */
function extended(root: string, nxJson: Json): Json {
  const { extends: base } = nxJson;
  if (typeof base !== 'string') return nxJson;
  const file = join(root, 'nx.json');
  try {
    return { ...readManifest(createRequire(file).resolve(base)), ...nxJson };
  } catch (cause) {
    throw unreadable(file, `extends "${base}", which could not be read`, cause);
  }
}

/** The options of the plugin; undefined where nx.json has none of ours. */
function optionsInNx(
  { root, nxJson }: NxWorkspace,
  configFile: string,
  plugin: PluginDefinition,
  command: { readonly name: string },
): PluginOptions | undefined {
  const path = slashed(relative(root, configFile));
  const { plugins = [], targetDefaults } = nxJson;
  const registered = (Array.isArray(plugins) ? plugins : [])
    .map((one: unknown): Json => (isObject(one) ? one : { plugin: one }))
    .filter((one) => applies(one, path));
  const of = (wanted: string) => registered.filter((one) => one['plugin'] === wanted);
  const found = [plugin.name, ...PLUGINS].find((wanted) => of(wanted).length > 0);
  if (found === undefined) return undefined;
  const [entry, another] = of(found);
  const folder = slashed(dirname(path));
  const target = targetOf(plugin, command);
  const useNx = (options: PluginOptions) =>
    lineAt(
      {
        kind: 'nx',
        project: readProjectName(join(root, folder)),
        targets: target === undefined ? {} : { [target.executor]: targetName(target, options) },
      },
      { name: target?.executor ?? `${plugin.name.replace('/plugin', '')}:${command.name}`, words: [] },
    );
  if (another !== undefined)
    throw saidByTarget(`${found} is registered in nx.json more than once`, useNx({}));

  const given = entry?.['options'] ?? {};
  const isOwn = found === plugin.name;
  if (isOwn) checkPluginOptions(plugin, given);
  const all: PluginOptions = isObject(given) ? given : {};
  const options = isOwn ? all : common(all);
  if (!isOwn) checkPluginOptions({ ...plugin, targets: [] }, options);
  // One that is broken would be passed over below.
  readManifest(join(root, folder, 'project.json'));
  const workspace = {
    root,
    namedInputs: {},
    targetDefaults: isObject(targetDefaults) ? targetDefaults : {},
    plugins: [],
  };
  const stated = plugin.targets
    .filter(({ executor }) => executor === target?.executor)
    .flatMap(({ executor, ...one }) =>
      statedOptions(folder, workspace, { name: targetName(one, options), executor }),
    );
  if (stated.some((one) => 'settings' in one || 'wranglerConfig' in one))
    throw saidByTarget(
      'the files of the project set "settings" or "wranglerConfig" of its target',
      useNx(options),
    );
  requireUsedSettings(plugin, root, configFile, options);
  return options;
}

/** What all plugins have. */
const common = ({ environments, database, persistTo, startAfter }: PluginOptions): PluginOptions => ({
  ...(environments === undefined ? {} : { environments }),
  ...(database === undefined ? {} : { database }),
  ...(persistTo === undefined ? {} : { persistTo }),
  ...(startAfter === undefined ? {} : { startAfter }),
});

/** Whether Nx asks an entry of its plugins about a file. */
function applies({ include, exclude }: Json, path: string): boolean {
  const has = (globs: unknown) =>
    Array.isArray(globs) && globs.some((glob) => minimatch(path, String(glob), { dot: true }));
  return (include === undefined || has(include)) && !has(exclude);
}

/** A setting of an environment that this Worker does not have is that of another one, or misspelled: Nx looks at all of them. */
function requireUsedSettings(
  plugin: PluginDefinition,
  root: string,
  configFile: string,
  options: PluginOptions,
): void {
  const names = Object.keys(options.environments ?? {});
  const environments = listEnvironments(readWranglerConfig(configFile), options.environments ?? {});
  if (names.every((name) => environments.some((environment) => environment.name === name))) return;
  inferProjects(plugin, wranglerConfigs(root), options, { root, namedInputs: {}, plugins: [] });
}

function wranglerConfigs(root: string, folder = '.'): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return configFolders([`${path}/x`]).length === 0 || entry.name === '.git'
        ? []
        : wranglerConfigs(root, path);
    return /^wrangler\.(toml|jsonc?)$/.test(entry.name) ? [path] : [];
  });
}

/** What a JSON file holds; undefined where there is none. A broken one may protect something. */
function readManifest(file: string): Json | undefined {
  if (!existsSync(file)) return undefined;
  const problems: ParseError[] = [];
  const value: unknown = parse(readFileSync(file, 'utf8'), problems, { allowTrailingComma: true });
  if (problems.length === 0 && isObject(value)) return value;
  throw unreadable(file, 'is not a JSON object');
}

const unreadable = (file: string, why: string, cause?: unknown): D1Error =>
  new D1Error({
    code: 'unreadable-settings',
    message: `${file} ${why}, so it is not known what is protected.`,
    fix: 'Correct it.',
    location: { file },
    exitCode: 2,
    cause,
  });

const saidTwice = (file: string): D1Error =>
  new D1Error({
    code: 'settings-twice',
    message: 'What is protected is said by "d1" in package.json, and by the plugin in nx.json.',
    fix: 'Keep it in nx.json, and take "d1" out of package.json.',
    location: { file },
    exitCode: 2,
  });

const saidByTarget = (why: string, command: string): D1Error =>
  new D1Error({
    code: 'settings-of-target',
    message: `Without Nx this command cannot know what is protected: ${why}.`,
    fix: `Run it with Nx: ${command}`,
    exitCode: 2,
  });

const slashed = (path: string): string => path.split(sep).join('/');

/** A path as it was written in a terminal, for a run whose paths are relative to another folder. An address stays. */
export function absolutePath(written: string, cwd: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(written)) return written;
  // A folder may be written with a `/` at its end.
  return `${resolve(cwd, written)}${/.[\\/]$/.test(written) ? '/' : ''}`;
}
