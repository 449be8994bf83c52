import type { DatabaseSync } from 'node:sqlite';
import { copyDatabase, type D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { readMigration } from 'd1-core/migrations';
import { fingerprint, readSchema } from 'd1-core/schema';
import { foldName, loadTokenizer } from 'd1-core/sql';
import { listTables, searchFaults, type SearchFault, type TableComparison } from 'd1-core/witness';
import {
  beginTrace,
  firstName,
  follow,
  type AnalysedMigration,
  type IntendedChange,
  type LossExample,
  type TableTrace,
} from 'd1-core/loss';
import { observe, removeDatabase, type PlacedLoss } from '../loss/index.ts';
import { locateFailure } from '../explain/index.ts';

/** A table whose full-text search does not find what is there any more. */
export interface BrokenSearch {
  readonly table: string;
  readonly fault: SearchFault;
}

/** A table whose AUTOINCREMENT begins again at a lower number: keys of rows that are gone will be given once more. */
export interface LowerSequence {
  readonly table: string;
  readonly before: number;
  readonly after: number;
}

export interface RehearsedMigration {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** The fingerprint of the schema after it; null where it did not pass. */
  readonly schema: string | null;
  readonly durationMs: number;
  readonly losses: readonly PlacedLoss[];
  /** Values that its statements say themselves. */
  readonly intended: readonly IntendedChange[];
  /** A few of the rows and cells that are lost, with values: for the terminal alone. */
  readonly examples: readonly LossExample[];
  /** Tables whose content has changed, by their names before this migration. */
  readonly changed: readonly string[];
  /** Of these, the ones that no statement is about: foreign keys did it, or triggers. */
  readonly unaddressed: readonly string[];
  readonly brokenSearches: readonly BrokenSearch[];
  readonly lowerSequences: readonly LowerSequence[];
  readonly error: D1Error | undefined;
}

export interface Rehearsal {
  /** The copy, in workerd. */
  readonly d1: D1;
  /** The same file, which is also read without workerd. */
  readonly file: string;
  readonly reader: DatabaseSync;
  readonly isHidden: (table: string) => boolean;
  /** Is told the fraction of the tables that are compared. */
  readonly onCompared: (fraction: number) => void;
}

/** What a migration that was not run has found. */
export const notRun = (name: string): RehearsedMigration => ({
  name,
  outcome: 'not-run',
  schema: null,
  durationMs: 0,
  losses: [],
  intended: [],
  examples: [],
  changed: [],
  unaddressed: [],
  brokenSearches: [],
  lowerSequences: [],
  error: undefined,
});

/** Applies one migration to the copy, as one transaction like wrangler, and compares all rows with those of before. */
export async function rehearseMigration(
  rehearsal: Rehearsal,
  migration: AnalysedMigration,
): Promise<RehearsedMigration> {
  const { d1, file, reader, isHidden, onCompared } = rehearsal;
  const name = migration.file.name;
  const before = `${file}.before`;
  const trace = beginTrace(listTables(reader, isHidden));
  const faults = searchFaults(reader);
  await copyDatabase(file, before);
  const started = performance.now();
  try {
    await d1.batch(migration.statements.map(({ text }) => text));
    const durationMs = performance.now() - started;
    const { losses, intended, examples, comparisons } = await observe(
      before,
      file,
      migration,
      isHidden,
      onCompared,
    );
    const changed = comparisons.filter(isChanged).flatMap(({ table }) => table.before ?? []);
    const addressed = addressedBy(migration, trace);
    return {
      ...notRun(name),
      outcome: 'passed',
      schema: fingerprint(await readSchema(d1, isHidden), await loadTokenizer()),
      durationMs,
      losses,
      intended,
      examples,
      changed,
      unaddressed: changed.filter((table) => !addressed.has(foldName(table))),
      brokenSearches: [...searchFaults(reader)]
        .filter(([table, fault]) => faults.get(table) !== fault)
        .map(([table, fault]) => ({ table, fault })),
      lowerSequences: comparisons.flatMap(({ table, sequence }) =>
        table.before === undefined || sequence === undefined ? [] : [{ table: table.before, ...sequence }],
      ),
    };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const durationMs = performance.now() - started;
    return { ...notRun(name), outcome: 'failed', durationMs, error: await locate(d1, migration, error) };
  } finally {
    await removeDatabase(before);
  }
}

const isChanged = ({ lost, added, changes }: TableComparison): boolean =>
  lost > 0 || added > 0 || changes.length > 0;

function addressedBy({ statements }: AnalysedMigration, before: TableTrace): ReadonlySet<string> {
  const addressed = new Set<string>();
  let trace = before;
  for (const { effect } of statements) {
    if ('table' in effect && effect.kind !== 'renames' && effect.kind !== 'watches')
      addressed.add(foldName(firstName(trace, effect.table)));
    trace = follow(trace, effect);
  }
  return addressed;
}

async function locate(d1: D1, { file }: AnalysedMigration, error: D1Error): Promise<D1Error> {
  const located = await locateFailure(d1, file.path, readMigration(file).text);
  const { code, message, fix } = located.error ?? error;
  return new D1Error({
    code,
    message: `${file.name} failed in the rehearsal: ${message}`,
    fix,
    location: located.location,
    notes: located.notes,
    cause: error,
  });
}
