import { dirname, join } from 'node:path';
import type { Target } from 'd1-core/target';
import { openLedger, type Ledger } from '../ledger/ledger.ts';
import { type DesiredMigration, readDesired } from '../member/desired.ts';
import type { FleetTarget } from '../member/look.ts';
import type { Member } from '../members/member.ts';
import { readMembers, type Source } from '../members/read-members.ts';
import { openMembers, type OpenMembers } from './open-members.ts';
import { limitedPace, UNLIMITED, type Pace } from './pace.ts';
import { survey, type Survey, type SurveyRequest } from './survey.ts';

export interface FleetRequest extends Pick<
  SurveyRequest,
  'sample' | 'concurrency' | 'signal' | 'onProgress'
> {
  /** The environment, and the database whose migrations folder, history table and account the members share. */
  readonly target: Target;
  readonly source: Source;
  /** When requests may be sent: `paceFor`. */
  readonly pace: Pace;
}

/** A fleet whose members were read and can be asked. */
export interface OpenFleet extends OpenMembers {
  readonly fleet: FleetTarget & { readonly desired: readonly DesiredMigration[] };
  readonly members: readonly Member[];
  readonly ledger: Ledger;
}

/** The pace for a target: a share of Cloudflare's limit, from 0 to 1; none for databases on this machine. */
export const paceFor = ({ environment }: Target, share: number): Pace =>
  environment.location === 'local' ? UNLIMITED : limitedPace(share);

/** Opens a fleet for some work, and closes it after it. */
export async function withFleet<Result>(
  { target, source, pace }: FleetRequest,
  work: (fleet: OpenFleet) => Promise<Result>,
): Promise<Result> {
  const desired = await readDesired(target);
  const { environment, database } = target;
  const fleet = { desired, environment: environment.name, historyTable: database.migrationsTable };
  const members = await readMembers(target, source);
  const opened = openMembers(target, members, pace);
  const ledger = await openLedger(ledgerFile(target));
  try {
    return await work({ ...opened, fleet, members, ledger });
  } finally {
    ledger.close();
    await opened.close();
  }
}

/** Beside the audit files of the environments. */
const ledgerFile = ({ environment, database }: Target): string =>
  join(dirname(environment.configFile), '.d1', 'fleet', `${environment.name}-${database.binding}.sqlite`);

/**
 * Where the members of a fleet stand. Writes nothing into them.
 * Throws D1Error for what is wrong with the list, the migrations folder or the credentials; what is wrong with one member is part of the result.
 */
export const fleetStatus = (request: FleetRequest): Promise<Survey> =>
  withFleet(request, (opened) => survey({ ...request, ...opened }));
