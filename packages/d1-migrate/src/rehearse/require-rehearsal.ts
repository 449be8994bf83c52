import type { D1 } from 'd1-core/database';
import type { Target } from 'd1-core/target';
import { notRehearsed, requirePass, type Pass } from './pass.ts';
import { readRecord, type RecordedMigration, type RehearsalRecord } from './record.ts';

export interface RehearsalNeed {
  readonly target: Target;
  /** The fingerprint of the schema now. */
  readonly schema: string;
  /** What is about to be applied. */
  readonly migrations: readonly RecordedMigration[];
  /** The file that somebody has named to accept a rehearsal on it. */
  readonly rehearsedOn: string | undefined;
}

/** Hours after which other data has to be expected. */
const HOURS = 24;

/**
 * Throws D1Error `not-rehearsed` unless the last rehearsal was of exactly these migrations, on the data and the schema of
 * this database, lately, and passed.
 */
export async function requireRehearsal(d1: D1, need: RehearsalNeed): Promise<Pass> {
  const { target, rehearsedOn } = need;
  const record = await readRecord(target);
  if (record === undefined)
    throw notRehearsed(target, 'these migrations have not been rehearsed on its data', 'rehearsal');
  const reason = reasonAgainst(record, need);
  if (reason !== undefined) throw notRehearsed(target, reason, 'rehearsal');
  await requirePass(d1, record, {
    target,
    what: 'the last rehearsal',
    hours: HOURS,
    renew: 'rehearsal',
    rehearsedOn,
  });
  return record;
}

function reasonAgainst(
  record: RehearsalRecord,
  { target, schema, migrations }: RehearsalNeed,
): string | undefined {
  if (record.databaseId !== (target.database.databaseId ?? null)) {
    return `the last rehearsal was on another database, ${record.databaseId === null ? 'without an id' : `id ${record.databaseId}`}`;
  }
  const rehearsed = new Map(record.migrations.map(({ name, tokens }) => [name, tokens]));
  const missing = migrations.find(({ name }) => !rehearsed.has(name));
  if (missing !== undefined) return `${missing.name} was not in the last rehearsal`;
  const edited = migrations.find(({ name, tokens }) => rehearsed.get(name) !== tokens);
  if (edited !== undefined) return `${edited.name} has been changed since it was rehearsed`;
  const wanted = new Set(migrations.map(({ name }) => name));
  const further = record.migrations.find(({ name }) => !wanted.has(name));
  if (further !== undefined) {
    return `the last rehearsal was of ${further.name} too, which is not pending here`;
  }
  if (record.schema !== schema) return 'its schema is not the one of the last rehearsal';
  return record.passed ? undefined : `the last rehearsal, of ${record.time}, did not pass`;
}
