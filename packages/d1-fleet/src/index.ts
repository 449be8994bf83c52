/**
 * Many databases as one, as functions for scripts and tests. Each takes one object: the options of the command by their names,
 * `folder` for the Worker, and `environment`. It prints nothing and asks nothing, returns what it found, and throws `D1Error`.
 */
import { functionOf } from 'd1-core/script';
import { COMMANDS, migrateCommand, planCommand, rollbackCommand, statusCommand } from './commands/index.ts';

/**
 * Where the databases of a fleet stand: how many are at which migration, which differ, and which cannot be migrated.
 *
 * @example
 * ```ts
 * import { fleetStatus } from 'd1-fleet';
 *
 * const report = await fleetStatus({ folder: 'apps/api', environment: 'production', match: 'tenant-*' });
 * ```
 */
export const fleetStatus = functionOf(COMMANDS, statusCommand, ['check']);

/**
 * Rehearses the pending migrations on copies of databases of each history and schema: `file.groups` says which groups passed.
 * With `output` it is written as a file for `plan` of `fleetMigrate`.
 */
export const fleetPlan = functionOf(COMMANDS, planCommand);

/** Migrates the databases of a fleet, wave after wave; run again, it goes on. */
export const fleetMigrate = functionOf(COMMANDS, migrateCommand);

/** Takes a migration back on the databases of a fleet that have it, by its proved script. */
export const fleetRollback = functionOf(COMMANDS, rollbackCommand);

export { D1Error, isD1Error } from 'd1-core/errors';
export type { FleetPlan } from './fleet/plan.ts';
export type { MigratePlan, MigrateResult } from './fleet/migrate.ts';
export type { ErrorGroup, FleetReport } from './fleet/report.ts';
export type { Member } from './members/member.ts';
