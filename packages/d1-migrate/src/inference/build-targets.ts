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
    // Written out so that no targetDefaults can turn it on.
    cache: false,
    parallelism: false,
    inputs: [...source.inputs],
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

/** Remote only when asked for: without a local environment there is no default. */
function defaultEnvironment(environments: readonly Environment[]): Environment | undefined {
  return (
    environments.find((environment) => environment.name === 'development') ??
    environments.find((environment) => environment.location === 'local')
  );
}
