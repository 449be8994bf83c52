/** What the plugin infers for one D1 command. A further target is one more row. */
export interface TargetDefinition {
  /** The plugin option that renames the target. */
  readonly option: `${string}TargetName`;
  readonly defaultName: string;
  readonly executor: `d1-migrate:${string}`;
  readonly description: string;
  /** 'local': the executor refuses remote environments. The target still has their configurations, see `buildTargets`. */
  readonly location: 'any' | 'local';
  /** Options of the executor, for `nx show target` and the editor plugins. */
  readonly example: Readonly<Record<string, unknown>>;
}

export const d1Targets = [
  {
    option: 'migrateTargetName',
    defaultName: 'migrate',
    executor: 'd1-migrate:migrate',
    description: 'Apply the pending D1 migrations to an environment',
    location: 'any',
    example: { environment: 'staging' },
  },
  {
    option: 'statusTargetName',
    defaultName: 'status',
    executor: 'd1-migrate:status',
    description: 'Show which D1 migrations are applied and which are pending',
    location: 'any',
    example: { json: true },
  },
  {
    option: 'resetTargetName',
    defaultName: 'reset',
    executor: 'd1-migrate:reset',
    description: 'Replace the local D1 database by a fresh one and migrate it',
    location: 'local',
    example: { environment: 'development' },
  },
  {
    option: 'historyTargetName',
    defaultName: 'history',
    executor: 'd1-migrate:history',
    description: 'Show what was done to a D1 database, when and by whom',
    location: 'any',
    example: { json: true },
  },
  {
    option: 'unlockTargetName',
    defaultName: 'unlock',
    executor: 'd1-migrate:unlock',
    description: 'Free the lock that a dead run holds on a D1 database',
    location: 'any',
    example: { environment: 'production' },
  },
] as const satisfies readonly TargetDefinition[];

export type TargetNameOption = (typeof d1Targets)[number]['option'];
