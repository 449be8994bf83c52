/** What the workspace decides about one environment; the rest follows from its name. */
export interface EnvironmentOption {
  readonly location?: 'local' | 'remote';
  /** Changes need a confirmation. */
  readonly protected?: boolean;
  /** The wrangler environment it stands on, '' for the top level of the config. */
  readonly wranglerEnv?: string;
  /** The branches from which it may be changed; any without it. */
  readonly branches?: readonly string[];
  /** Whether it may be changed only from a commit without further changes. */
  readonly cleanWorkTree?: boolean;
  /** Another place for the audit file than `.d1/audit` beside the wrangler config; relative to the workspace root. */
  readonly auditFile?: string;
}

/** Options that every plugin has in nx.json, for every project with a wrangler config. */
export interface PluginOptions {
  /** What the names of all its targets begin with, such as `d1-`. */
  readonly targetPrefix?: string;
  /** By environment name, for example `{ "production": { "wranglerEnv": "", "location": "remote" } }`. */
  readonly environments?: Readonly<Record<string, EnvironmentOption>>;
  /** The binding to use where an environment has several databases. */
  readonly database?: string;
  /** The folder of local state, relative to the workspace root; wrangler's own by default. */
  readonly persistTo?: string;
  /** The number or name of a migration: numbers and names of the files up to it are taken as they are. */
  readonly startAfter?: string;
}
