import type { Named } from '../door/index.ts';

/** A plugin that infers targets on the projects with a D1 database. */
export interface PluginDefinition {
  /** As nx.json names it, such as `d1-migrate/plugin`. */
  readonly name: `${string}/plugin`;
  readonly targets: readonly TargetDefinition[];
  /** The environment variable in which `preTasksExecution` of the plugin leaves its `runMark`. */
  readonly runVariable?: string;
  /** Of a plugin that reads files and no database: its targets have no configurations and no options of environments. */
  readonly onFiles?: FilesRead;
}

/** What targets look at that read files alone, beside the migrations and the wrangler config. */
export interface FilesRead {
  /** Options with which each run has to take place, such as one that reads git or writes into the workspace. */
  readonly changing: readonly string[];
  /** Names of files that are sought in the folder of the Worker and in every one above it. They may name others. */
  readonly soughtUpwards: readonly string[];
  /** Whether the source of the Worker is one of them. */
  readonly hasSource?: boolean;
}

/** What a plugin infers for one D1 command. A further target is one more row in its table. */
export interface TargetDefinition {
  readonly defaultName: string;
  readonly executor: Named;
  readonly description: string;
  /** 'local': the executor refuses remote environments. The target still has their configurations, see `buildTargets`. */
  readonly location: 'any' | 'local';
  /** Options of the executor, for `nx show target` and the editor plugins. */
  readonly example: Readonly<Record<string, unknown>>;
  /** The options of the executor; without it, all that the plugin has for its targets. */
  readonly takes?: readonly string[];
  /** Options that the target always has. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Only for what reads no database: the files that it writes, below the migrations folder. Nx keeps its result. */
  readonly outputs?: readonly string[];
  /** The same for files elsewhere, relative to the workspace root; one for each database, as `fileOfDatabase` names them. */
  readonly otherOutputs?: readonly string[];
  /** Where several Workers would write the same file below `folder`, the option gets a folder of the Worker's own. */
  readonly ownFolder?: { readonly option: string; readonly folder: string };
  /** Options that name such files, relative to the workspace root. */
  readonly outputOptions?: readonly string[];
  readonly dependsOn?: readonly TargetDependency[];
}

/** A target by its default name: of the same plugin, or of another one. */
export type TargetDependency =
  | string
  /** Passes the options of the command line on, such as `--confirm`. */
  | { readonly target: string; readonly params: 'forward' }
  | OtherTarget;

/** A target of another plugin, by its default name. */
export interface OtherTarget {
  readonly target: string;
  /** As nx.json names it. */
  readonly of: `${string}/plugin`;
}
