/** One entry of `d1_databases`, with wrangler's defaults filled in. */
export interface D1Binding {
  /** The name under which the Worker sees the database. The only name that is unique inside an environment. */
  readonly binding: string;
  readonly databaseName: string | undefined;
  /** As written, so possibly a placeholder. `checkEnvironment` judges it. */
  readonly databaseId: string | undefined;
  readonly previewDatabaseId: string | undefined;
  /** Absolute. Wrangler reads `migrations_dir` relative to the config file; default `./migrations`. */
  readonly migrationsDir: string;
  readonly migrationsTable: string;
  /** The glob of wrangler 4.98 and later, relative to the config file, as written. */
  readonly migrationsPattern: string | undefined;
  /** Where the entry begins in the config file, from 1. */
  readonly line: number | undefined;
  readonly databaseIdLine: number | undefined;
}

/** One entry of `r2_buckets`. */
export interface R2Binding {
  readonly binding: string;
  readonly bucketName: string | undefined;
  readonly line: number | undefined;
}

/** The top level of a wrangler config, or one `env.<name>` of it. */
export interface WranglerEnvironment {
  /** What `--env` takes: '' for the top level. */
  readonly name: string;
  /** Its own `account_id`, else the inherited one of the top level. */
  readonly accountId: string | undefined;
  /** Its own `compliance_region`, else the inherited one. It decides which API wrangler talks to. */
  readonly complianceRegion: string | undefined;
  /** The file in which the Worker begins, absolute; its own, else the inherited one. */
  readonly main?: string | undefined;
  /** Its own only: wrangler does not inherit `d1_databases` and `r2_buckets`. */
  readonly databases: readonly D1Binding[];
  readonly buckets: readonly R2Binding[];
  readonly line: number | undefined;
}

/** What the D1 plugins need of a wrangler config. */
export interface WranglerConfig {
  /** The path of the file, absolute. */
  readonly file: string;
  /** The Worker's name. */
  readonly name: string | undefined;
  readonly accountId: string | undefined;
  /** The top level first, then every `env.<name>` in the order of the file. */
  readonly environments: readonly [WranglerEnvironment, ...WranglerEnvironment[]];
}

export type Location = 'local' | 'remote';

/** A wrangler environment that has a database, in exactly one location. */
export interface Environment {
  readonly name: string;
  /** What `--env` takes: '' for the top level. */
  readonly wranglerEnv: string;
  readonly location: Location;
  /** Changes need a confirmation. */
  readonly protected: boolean;
  readonly databases: readonly D1Binding[];
  readonly buckets: readonly R2Binding[];
  readonly accountId: string | undefined;
  readonly complianceRegion: string | undefined;
  /** The file in which the Worker begins, absolute. Undefined for a Worker without code, such as one of assets. */
  readonly main?: string | undefined;
  readonly configFile: string;
  /** The name of the Worker, or of its folder where the config has none. */
  readonly workerName: string;
  /** Where the environment begins in the config file, from 1. Undefined for the top level. */
  readonly line: number | undefined;
}
