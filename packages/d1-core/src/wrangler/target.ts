/** Which database a wrangler command is for. */
export interface WranglerTarget {
  /** The wrangler config file. */
  readonly configFile: string;
  /** The name of the wrangler environment; empty for the top level. */
  readonly wranglerEnv: string;
  readonly location: 'local' | 'remote';
  /** The binding, never the database's name: wrangler looks names up in the whole account. */
  readonly binding: string;
  /** The id in the config; without it wrangler looks the database up by its name. */
  readonly databaseId?: string | undefined;
  /** The account in the config. */
  readonly accountId?: string | undefined;
  /** Where a local database lives, if not beside the config. */
  readonly persistTo?: string | undefined;
}

/**
 * The arguments that say which database is meant. All are always given: without `--local` or `--remote` wrangler
 * chooses by itself, and what it chooses has changed between versions.
 */
export function targetArguments(target: WranglerTarget): readonly string[] {
  return [
    target.binding,
    `--${target.location}`,
    `--env=${target.wranglerEnv}`,
    `--config=${target.configFile}`,
    ...(target.location === 'local' && target.persistTo !== undefined
      ? [`--persist-to=${target.persistTo}`]
      : []),
  ];
}
