/**
 * Many databases as one, as functions for scripts and tests. Each takes one object: the options of the command by their names,
 * `folder` for the Worker, and `environment`. It prints nothing and asks nothing, returns what it found, and throws `D1Error`.
 */
import { functionOf } from 'd1-core/script';
import { COMMANDS, migrateCommand, rollbackCommand, statusCommand } from './commands/index.ts';

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

/** Migrates the databases of a fleet, wave after wave; run again, it goes on. */
export const fleetMigrate = functionOf(COMMANDS, migrateCommand);

/** Takes a migration back on the databases of a fleet that have it, by its proved script. */
export const fleetRollback = functionOf(COMMANDS, rollbackCommand);

export { D1Error, isD1Error } from 'd1-core/errors';
export type { MigratePlan, MigrateResult } from './fleet/migrate.ts';
export type { ErrorGroup, FleetReport } from './fleet/report.ts';
export type { Member } from './members/member.ts';
