import { isObject } from '../errors/index.ts';
import type { RegisteredPlugins } from './workspace.ts';
import type { PluginOptions } from './plugin-options.ts';
import type { EnvironmentSetting } from '../environment/index.ts';

/** The plugins whose targets work on the databases of environments. */
const PLUGINS: ReadonlySet<string> = new Set(['d1-migrate/plugin', 'd1-backup/plugin']);

/**
 * The options of a plugin, with what the other D1 plugins of nx.json say about environments: what protects a database from a migrate
 * protects it from a restore too. What a plugin says itself counts before that.
 */
export function withSharedEnvironments(options: PluginOptions, plugins: RegisteredPlugins): PluginOptions {
  const all = [...plugins.map(environmentsOf), options.environments ?? {}];
  const names = new Set(all.flatMap((environments) => Object.keys(environments)));
  if (names.size === 0) return options;
  const shared = [...names].map((name): [string, EnvironmentSetting] => [
    name,
    Object.assign({}, ...all.map((environments) => environments[name])),
  ]);
  return { ...options, environments: Object.fromEntries(shared) };
}

type Environments = NonNullable<PluginOptions['environments']>;

function environmentsOf(entry: RegisteredPlugins[number]): Environments {
  const options: unknown = typeof entry === 'string' || !PLUGINS.has(entry.plugin) ? {} : entry.options;
  const environments = isObject(options) ? options['environments'] : undefined;
  return isEnvironments(environments) ? environments : {};
}

/** Each plugin checks its own options further, and says what is wrong with them. */
const isEnvironments = (value: unknown): value is Environments =>
  isObject(value) && Object.values(value).every(isObject);
