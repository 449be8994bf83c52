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
  /** Only for what reads no database: the files that it writes, below the migrations folder. Nx keeps its result. */
  readonly outputs?: readonly string[];
  /** The same for files elsewhere, relative to the workspace root. */
  readonly otherOutputs?: readonly string[];
  /** By default names. An object passes the options of the command line on, such as `--confirm`. */
  readonly dependsOn?: readonly (string | { readonly target: string; readonly params: 'forward' })[];
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
    option: 'rehearseTargetName',
    defaultName: 'rehearse',
    executor: 'd1-migrate:rehearse',
    description: 'Apply the pending D1 migrations to a copy of the actual data, and say what would be lost',
    location: 'any',
    example: { from: 'backups/production.zip' },
  },
  {
    option: 'driftTargetName',
    defaultName: 'drift',
    executor: 'd1-migrate:drift',
    description: 'Find what was changed in a D1 database beside its migrations',
    location: 'any',
    example: { environments: 'all', check: true },
  },
  {
    option: 'baselineTargetName',
    defaultName: 'baseline',
    executor: 'd1-migrate:baseline',
    description: 'Give a D1 database that is there already its history, without running anything',
    location: 'any',
    example: { to: '0004' },
  },
  {
    option: 'planTargetName',
    defaultName: 'plan',
    executor: 'd1-migrate:plan',
    description: 'Write what migrate would do to a D1 database into a file, for approval',
    location: 'any',
    example: { environment: 'production' },
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
    option: 'auditTargetName',
    defaultName: 'audit',
    executor: 'd1-migrate:audit',
    description: 'Show or verify who changed a protected D1 database',
    location: 'any',
    example: { verify: true },
  },
  {
    option: 'unlockTargetName',
    defaultName: 'unlock',
    executor: 'd1-migrate:unlock',
    description: 'Free the lock that a dead run holds on a D1 database',
    location: 'any',
    example: { environment: 'production' },
  },
  {
    option: 'rollbackTargetName',
    defaultName: 'rollback',
    executor: 'd1-migrate:rollback',
    description: 'Take back the last D1 migration, by its proved rollback script',
    location: 'any',
    example: { steps: 2 },
  },
  {
    option: 'validateTargetName',
    defaultName: 'validate',
    executor: 'd1-migrate:validate',
    description: 'Run all D1 migrations and their rollback scripts on throw-away databases with rows',
    location: 'any',
    example: { write: true },
    outputs: ['schema/schema.sql'],
    dependsOn: ['lint'],
  },
  {
    option: 'schemaDocsTargetName',
    defaultName: 'schema-docs',
    executor: 'd1-migrate:schema-docs',
    description: 'Write the change log of the D1 migrations and the page of their schema',
    location: 'any',
    example: { check: true },
    outputs: ['CHANGELOG.md'],
    otherOutputs: ['docs/schema.md'],
  },
  {
    option: 'deployMigrateTargetName',
    defaultName: 'deploy-migrate',
    executor: 'd1-migrate:migrate',
    description: 'Apply the pending D1 migrations after lint, validate and backup: the step before deploy',
    location: 'any',
    example: { dryRun: true },
    dependsOn: ['lint', 'validate', 'backup'],
  },
  {
    option: 'deployTargetName',
    defaultName: 'deploy',
    executor: 'd1-migrate:deploy',
    description: 'Deploy the Worker, after lint, validate, backup and migrate',
    location: 'any',
    example: { dryRun: true },
    dependsOn: [{ target: 'deploy-migrate', params: 'forward' }],
  },
] as const satisfies readonly TargetDefinition[];

export type TargetNameOption = (typeof d1Targets)[number]['option'];
