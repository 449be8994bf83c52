import type { TargetConfiguration } from '@nx/devkit';
import { join, posix, relative, sep } from 'node:path';
import type { Environment } from '../environment/index.ts';
import { lineAt } from '../door/index.ts';
import { cachingOf } from './caching.ts';
import type { PluginOptions } from './plugin-options.ts';
import { fileOfDatabase, fileOfMigrations, ownFolder } from './own-files.ts';
import type { PluginDefinition, TargetDefinition } from './target-definition.ts';
import { otherTargetName, type Workspace } from './workspace.ts';

export interface TargetSource {
  readonly plugin: PluginDefinition;
  readonly projectName: string;
  /** Relative to the workspace root, with `/`. */
  readonly folder: string;
  readonly workspace: Workspace;
  /** Whether the workspace has other Workers. */
  readonly isOneOfSeveral: boolean;
  /** Relative to the workspace root, with `/`. */
  readonly wranglerConfig: string;
  readonly options: PluginOptions;
  readonly environments: readonly Environment[];
  readonly inputs: NonNullable<TargetConfiguration['inputs']>;
  /** The folders of the migrations, relative to the workspace root, with `/`. */
  readonly migrationsFolders: readonly string[];
  /** Why the wrangler config could not be read, in one line. It takes the place of the descriptions. */
  readonly problem?: string | undefined;
}

/**
 * Every target has the identical set of configurations, the local-only ones too: Nx runs a dependency that lacks the
 * configuration with its defaults, without a word.
 */
export function buildTargets(source: TargetSource): Record<string, TargetConfiguration> {
  return Object.fromEntries(
    source.plugin.targets.map((definition) => {
      const name = targetName(definition, source.options);
      return [name, buildTarget(definition, name, source)];
    }),
  );
}

export function targetNames({ targets }: PluginDefinition, options: PluginOptions): string[] {
  return targets.map((definition) => targetName(definition, options));
}

/** The name of a target, with the prefix that the options give it. */
export const targetName = (
  { defaultName }: Pick<TargetDefinition, 'defaultName'>,
  { targetPrefix = '' }: Pick<PluginOptions, 'targetPrefix'>,
): string => `${targetPrefix}${defaultName}`;

function buildTarget(definition: TargetDefinition, name: string, source: TargetSource): TargetConfiguration {
  const { environments, ...others } = source.options;
  const isOnFiles = source.plugin.onFiles !== undefined;
  const defaultConfiguration = defaultEnvironment(source.environments)?.name;
  const own = definition.ownFolder;
  return {
    executor: definition.executor,
    options: {
      wranglerConfig: source.wranglerConfig,
      ...(environments === undefined ? {} : { settings: environments }),
      ...taken(others, definition),
      ...(own === undefined || !source.isOneOfSeveral
        ? {}
        : { [own.option]: ownFolder(own.folder, source.projectName) }),
      ...definition.options,
    },
    ...(source.problem === undefined && !isOnFiles
      ? {
          configurations: Object.fromEntries(
            source.environments.map((one) => [one.name, { environment: one.name }]),
          ),
        }
      : {}),
    ...(defaultConfiguration === undefined || isOnFiles ? {} : { defaultConfiguration }),
    ...dependencies(definition, source),
    ...caching(definition, name, source),
    metadata: {
      technologies: ['cloudflare', 'd1'],
      description: source.problem ?? definition.description,
      help: {
        command: lineAt(
          { kind: 'nx', project: source.projectName, targets: { [definition.executor]: name } },
          { name: definition.executor, words: ['--help'] },
        ),
        example: { options: definition.example },
      },
    },
  };
}

/** What the plugin has for all its targets, without what one of them does not take. */
const taken = (
  { database, persistTo, startAfter }: PluginOptions,
  { takes }: TargetDefinition,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ database, persistTo, startAfter }).flatMap(([name, value]) =>
      value === undefined || takes?.includes(name) === false ? [] : [[name, value]],
    ),
  );

/** A plugin may be left out: then a target of its name is somebody else's, such as the `lint` of ESLint. */
function dependencies(
  { dependsOn }: TargetDefinition,
  { plugin, options, workspace }: TargetSource,
): Pick<TargetConfiguration, 'dependsOn'> {
  const renamed = (name: string): string => {
    const own = plugin.targets.find(({ defaultName }) => defaultName === name);
    return own === undefined ? name : targetName(own, options);
  };
  if (dependsOn === undefined) return {};
  return {
    dependsOn: dependsOn.flatMap((one) => {
      if (typeof one === 'string') return renamed(one);
      if ('of' in one) return otherTargetName(one, workspace.plugins) ?? [];
      return { ...one, target: renamed(one.target) };
    }),
  };
}

/** Written out, so that no targetDefaults can turn the cache on for what depends on a database. */
function caching(
  { executor, outputs, otherOutputs = [], outputOptions = [], ownFolder: own }: TargetDefinition,
  name: string,
  source: TargetSource,
): Pick<TargetConfiguration, 'cache' | 'parallelism' | 'inputs' | 'outputs'> {
  const { plugin, folder, workspace, wranglerConfig, inputs } = source;
  if (outputs === undefined) return { cache: false, parallelism: false, inputs: [...inputs] };
  const written = [
    ...outputs.flatMap((file) => filesOfMigrations(file, source)).map((file) => `{workspaceRoot}/${file}`),
    ...otherOutputs
      .flatMap((file) => ownFiles(file, own?.folder, source))
      .map((file) => `{workspaceRoot}/${file}`),
  ];
  const variables = [...(plugin.runVariable === undefined ? [] : [plugin.runVariable]), ...VARIABLES];
  const { changing, soughtUpwards = [], hasSource = false } = plugin.onFiles ?? {};
  const sought = foldersUpwards(folder).flatMap((at) => soughtUpwards.map((file) => posix.join(at, file)));
  const configFiles = sought.map((file) => join(workspace.root, file));
  const more = cachingOf(
    folder,
    { name, executor, wranglerConfig, variables, changing, configFiles },
    workspace,
  );
  return {
    cache: more.cache,
    // What is written is also compared with what is there.
    inputs: [
      ...inputs,
      ...(hasSource ? ['production' in workspace.namedInputs ? 'production' : 'default'] : []),
      ...sought.map((file) => `{workspaceRoot}/${file}`),
      ...written,
      ...more.inputs,
    ],
    outputs: [...written, ...outputOptions.map((option) => `{options.${option}}`)],
  };
}

/** A folder and every one above it, relative to the workspace root. */
const foldersUpwards = (folder: string): readonly string[] =>
  folder === '.' ? ['.'] : [folder, ...foldersUpwards(posix.dirname(folder))];

/** What is written into the folders of migrations that Nx can watch. */
function filesOfMigrations(
  file: string,
  { environments, workspace, migrationsFolders }: TargetSource,
): readonly string[] {
  const files = environments.flatMap((environment) =>
    environment.databases.flatMap((database) => {
      const folder = relative(workspace.root, database.migrationsDir).split(sep).join('/');
      return migrationsFolders.includes(folder)
        ? [posix.join(folder, fileOfMigrations(file, database, environment))]
        : [];
    }),
  );
  return [...new Set(files)].sort();
}

/** What a Worker writes for its databases in place of a file that all would write. */
function ownFiles(
  file: string,
  folder: string | undefined,
  { environments, isOneOfSeveral, projectName }: TargetSource,
): readonly string[] {
  const databases = environments.flatMap((environment) => environment.databases);
  const own =
    isOneOfSeveral && folder !== undefined
      ? posix.join(ownFolder(folder, projectName), posix.relative(folder, file))
      : file;
  const files = databases.map(({ binding }) => fileOfDatabase(own, binding, databases));
  return files.length === 0 ? [own] : [...new Set(files)];
}

/** What every command looks at: whether to annotate, and which wrangler is meant. */
const VARIABLES = ['GITHUB_ACTIONS', 'D1_WRANGLER'];

/** Remote only when asked for: without a local environment there is no default. */
function defaultEnvironment(environments: readonly Environment[]): Environment | undefined {
  return (
    environments.find((environment) => environment.name === 'development') ??
    environments.find((environment) => environment.location === 'local')
  );
}
