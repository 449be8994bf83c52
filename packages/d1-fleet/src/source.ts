/** For the tools of this workspace; what is published has no such entry. */
export { migrateFleet } from './fleet/migrate.ts';
export { paced } from './fleet/open-members.ts';
export { LIMIT, limitedPace, UNLIMITED } from './fleet/pace.ts';
export { parseMaxFailures } from './fleet/run-waves.ts';
export { openLedger } from './ledger/ledger.ts';
export { readDesired } from './member/desired.ts';
