import type { TargetConfiguration } from '@nx/devkit';
import type { Environment } from 'd1-core/environment';
import type { D1MigratePluginOptions } from './options.ts';
import { d1Targets } from './target-table.ts';
import type { TargetDefinition } from './target-table.ts';

export interface TargetSource {
  readonly projectName: string;
  /** Relative to the workspace root, with `/`. */
  readonly wranglerConfig: string;
  readonly options: D1MigratePluginOptions;
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
    d1Targets.map((definition) => {
      const name = targetName(definition, source.options);
      return [name, buildTarget(definition, name, source)];
    }),
  );
}

export function targetNames(options: D1MigratePluginOptions): string[] {
  return d1Targets.map((definition) => targetName(definition, options));
}

function targetName(
  { option, defaultName }: (typeof d1Targets)[number],
  options: D1MigratePluginOptions,
): string {
  return options[option] ?? defaultName;
}

function buildTarget(definition: TargetDefinition, name: string, source: TargetSource): TargetConfiguration {
  const { environments, database, persistTo, startAfter } = source.options;
  const defaultConfiguration = defaultEnvironment(source.environments)?.name;
  return {
    executor: definition.executor,
    options: {
      wranglerConfig: source.wranglerConfig,
      ...(environments === undefined ? {} : { settings: environments }),
      ...(database === undefined ? {} : { database }),
      ...(persistTo === undefined ? {} : { persistTo }),
      ...(startAfter === undefined ? {} : { startAfter }),
    },
    ...(source.problem === undefined
      ? {
          configurations: Object.fromEntries(
            source.environments.map((one) => [one.name, { environment: one.name }]),
          ),
        }
      : {}),
    ...(defaultConfiguration === undefined ? {} : { defaultConfiguration }),
    ...dependencies(definition, source.options),
    ...caching(definition, source),
    metadata: {
      technologies: ['cloudflare', 'd1'],
      description: source.problem ?? definition.description,
      help: {
        command: `npx nx run ${source.projectName}:${name} --help`,
        example: { options: definition.example },
      },
    },
  };
}

/** Names of targets that are not there are passed over by Nx: so a plugin may be left out. */
function dependencies(
  { dependsOn }: TargetDefinition,
  options: D1MigratePluginOptions,
): Pick<TargetConfiguration, 'dependsOn'> {
  const renamed = (name: string): string => {
    const own = d1Targets.find(({ defaultName }) => defaultName === name);
    return own === undefined ? name : targetName(own, options);
  };
  if (dependsOn === undefined) return {};
  return {
    dependsOn: dependsOn.map((one) =>
      typeof one === 'string' ? renamed(one) : { ...one, target: renamed(one.target) },
    ),
  };
}

/** Written out, so that no targetDefaults can turn the cache on for what depends on a database. */
function caching(
  { outputs, otherOutputs = [] }: TargetDefinition,
  { inputs, migrationsFolders }: TargetSource,
): Pick<TargetConfiguration, 'cache' | 'parallelism' | 'inputs' | 'outputs'> {
  if (outputs === undefined) return { cache: false, parallelism: false, inputs: [...inputs] };
  return {
    cache: true,
    inputs: [...inputs, { externalDependencies: ['wrangler'] }],
    outputs: [
      ...migrationsFolders.flatMap((folder) => outputs.map((file) => `{workspaceRoot}/${folder}/${file}`)),
      ...otherOutputs.map((file) => `{workspaceRoot}/${file}`),
    ],
  };
}

/** Remote only when asked for: without a local environment there is no default. */
function defaultEnvironment(environments: readonly Environment[]): Environment | undefined {
  return (
    environments.find((environment) => environment.name === 'development') ??
    environments.find((environment) => environment.location === 'local')
  );
}
