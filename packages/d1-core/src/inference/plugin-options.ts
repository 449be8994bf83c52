import type { EnvironmentSettings } from '../environment/index.ts';

/** Options that every plugin has in nx.json, for every project with a wrangler config. */
export interface PluginOptions {
  /** What the names of all its targets begin with, such as `d1-`. */
  readonly targetPrefix?: string;
  /** By environment name, for example `{ "production": { "wranglerEnv": "", "location": "remote" } }`. */
  readonly environments?: EnvironmentSettings;
  /** The binding to use where an environment has several databases. */
  readonly database?: string;
  /** The folder of local state, relative to the workspace root; wrangler's own by default. */
  readonly persistTo?: string;
  /** The number or name of a migration: numbers and names of the files up to it are taken as they are. */
  readonly startAfter?: string;
}
