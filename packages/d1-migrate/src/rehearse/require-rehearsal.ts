import { D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import { readRecord, type RecordedMigration } from './record.ts';

export interface RehearsalNeed {
  readonly target: Target;
  /** The fingerprint of the schema now. */
  readonly schema: string;
  /** What is about to be applied. */
  readonly migrations: readonly RecordedMigration[];
}

/**
 * Throws D1Error `not-rehearsed` unless the last rehearsal was of exactly these migrations, on this schema, and
 * passed.
 */
export async function requireRehearsal({ target, schema, migrations }: RehearsalNeed): Promise<void> {
  const reason = await reasonAgainst(target, schema, migrations);
  if (reason === undefined) return;
  const { name } = target.environment;
  throw new D1Error({
    code: 'not-rehearsed',
    message: `${name} is protected, and ${reason}.`,
    fix: `Run the target "rehearse" with --configuration=${name}: it applies them to a copy of the data, and changes nothing. In an emergency, --skipRehearsal applies them without; the journal notes it.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}

async function reasonAgainst(
  target: Target,
  schema: string,
  migrations: readonly RecordedMigration[],
): Promise<string | undefined> {
  const record = await readRecord(target);
  if (record === undefined) return 'these migrations have not been rehearsed on its data';
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
