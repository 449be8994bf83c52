/** What scripts call. The targets are inferred by `d1-fleet/plugin`. */
export { fleetMigrate, type MigratePlan, type MigrateRequest, type MigrateResult } from './fleet/migrate.ts';
export { parseMaxFailures, type MaxFailures, type Stop } from './fleet/run-waves.ts';
export { fleetStatus, type FleetRequest } from './fleet/status.ts';
export { reportOf, type ErrorGroup, type FleetReport } from './fleet/report.ts';
export type { Survey } from './fleet/survey.ts';
export type { Member } from './members/member.ts';
export type { Source } from './members/read-members.ts';
export type { Look } from './member/look.ts';
export type { Obstacle, Standing } from './member/standing.ts';
