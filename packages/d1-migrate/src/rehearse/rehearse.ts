import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type D1, localDatabaseFile, openLocalD1 } from 'd1-core/database';
import type { D1Error } from 'd1-core/errors';
import { isOurTable, readDatabaseState, recordFlaws } from 'd1-core/records';
import type { MigrationFile } from 'd1-core/migrations';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { plural } from 'd1-core/report';
import { fingerprint, openDatabaseFile, readSchema } from 'd1-core/schema';
import { foldName, loadTokenizer } from 'd1-core/sql';
import { localDatabase, type Target } from 'd1-core/target';
import { listTables } from 'd1-core/witness';
import { type Pass, writeRecord } from '../approval/index.ts';
import {
  type AnalysedMigration,
  analyseMigrations,
  beginTrace,
  firstName,
  isUnannounced,
  traceAfter,
} from 'd1-core/loss';
import { blockedError, findBlockers, survey, type Survey } from '../survey/index.ts';
import { countRows, type RowChange, rowChanges, type ObjectChange, schemaChanges } from './changes.ts';
import { copyInto, type CopyProgress, describeSource, type RehearsalSource } from './copy/index.ts';
import {
  type BrokenKey,
  brokenKeys,
  foreignKeyViolations,
  newViolations,
  type Violation,
} from './foreign-keys.ts';
import { notRun, type Rehearsal, type RehearsedMigration, rehearseMigration } from './rehearse-migration.ts';

export interface RehearseRequest {
  readonly target: Target;
  readonly source: RehearsalSource;
  /** The migrations as they were read before; by default the folder is read. */
  readonly files?: readonly MigrationFile[] | undefined;
  readonly onProgress?: CopyProgress | undefined;
  /** Whether it leaves the record that `migrate` asks for; it does unless this says no. */
  readonly recorded?: boolean | undefined;
}

export interface RehearseResult {
  readonly target: Target;
  /** When it began, in UTC, ISO 8601. */
  readonly time: string;
  /** What the data came from; the name is in words. */
  readonly source: Pass['source'];
  /**
   * `lost-rows`: rows or values go that no directive announces. `broken`: nothing is lost, but foreign keys point to no row,
   * a search finds something else than what is there, or our own tables are not what they were.
   */
  readonly outcome: 'nothing-pending' | 'passed' | 'lost-rows' | 'broken' | 'failed';
  readonly migrations: readonly RehearsedMigration[];
  /** All tables, by name. */
  readonly tables: readonly RowChange[];
  /** Tables whose content has changed, by their names before. */
  readonly changed: readonly string[];
  /** Of these, the ones that no statement is about: foreign keys did it, or triggers. */
  readonly unaddressed: readonly string[];
  /** Fingerprints of the schema before and after. */
  readonly schema: { readonly before: string; readonly after: string };
  readonly schemaChanges: readonly ObjectChange[];
  /** Violations of foreign keys that were not there before. */
  readonly violations: readonly Violation[];
  /** Foreign keys that were not there before, and that no row can satisfy. */
  readonly brokenKeys: readonly BrokenKey[];
  /** What of our own tables is not as it was, as sentences. */
  readonly flaws: readonly string[];
  /** What comes near D1's limits. */
  readonly warnings: readonly string[];
  readonly error: D1Error | undefined;
  readonly durationMs: number;
}

/** Applies what is pending to a throw-away copy of a database's actual data, and says what became of the data. */
export async function rehearse(request: RehearseRequest): Promise<RehearseResult> {
  const { target, source, files, onProgress = () => undefined, recorded = true } = request;
  const started = performance.now();
  const time = new Date().toISOString();
  const place = await makeShadowPlace(target);
  const opened: (() => Promise<void> | void)[] = [];
  try {
    onProgress(`copying ${describeSource(source, target)}`);
    await copyInto(place.file, source, target, onProgress);
    const d1 = openLocalD1(localDatabase(place.target));
    opened.push(() => d1.close());
    const before = await survey(place.target, d1, files);
    const blocked = blockedError(await findBlockers(before));
    if (blocked !== undefined) throw blocked;
    await d1.batch(['SELECT 1']); // workerd makes the file, where there was no database.
    const reader = await openDatabaseFile(place.file);
    reader.exec('PRAGMA busy_timeout = 10000'); // workerd puts its database away at a moment of its own.
    opened.push(() => reader.close());
    const found = await run({ d1, reader, before, file: place.file, onProgress });
    if (recorded && found.outcome !== 'nothing-pending') await note(request, before, found, time);
    return {
      ...found,
      target,
      time,
      source: sourceFacts(source, target),
      durationMs: performance.now() - started,
    };
  } finally {
    for (const close of opened.reverse()) await close();
    place.remove();
  }
}

interface Stage {
  readonly d1: D1;
  readonly reader: DatabaseSync;
  readonly before: Survey;
  readonly file: string;
  readonly onProgress: CopyProgress;
}

type Found = Omit<RehearseResult, 'target' | 'time' | 'source' | 'durationMs'>;

async function run({ d1, reader, before, file, onProgress }: Stage): Promise<Found> {
  const table = before.target.database.migrationsTable;
  const isHidden = (name: string) => isOurTable(name, table);
  const counts = () => new Map(listTables(reader, isHidden).map((name) => [name, countRows(reader, name)]));
  const violations = () => foreignKeyViolations(reader, listTables(reader, isHidden));
  const schemaBefore = await readSchema(d1, isHidden);
  const pendingNames = new Set(
    before.migrations.filter(({ state }) => state === 'pending').map(({ name }) => name),
  );
  const pending = await analyseMigrations(before.files.filter(({ name }) => pendingNames.has(name)));
  const isNothing = pending.length === 0;
  const [countsBefore, violationsBefore] = isNothing
    ? [new Map<string, number>(), []]
    : [counts(), violations()];
  const bytesBefore = statSync(file).size;

  const migrations = await runAll({ d1, file, reader, isHidden }, pending, onProgress);
  const applied = pending.filter((_, index) => migrations[index]?.outcome === 'passed');
  const trace = traceAfter(beginTrace([...countsBefore.keys()]), applied);
  const tokenize = await loadTokenizer();
  const schemaAfter = await readSchema(d1, isHidden);
  const known = new Set(brokenKeys(schemaBefore).map((key) => JSON.stringify(key)));
  const found = {
    migrations,
    schema: { before: fingerprint(schemaBefore, tokenize), after: fingerprint(schemaAfter, tokenize) },
    schemaChanges: schemaChanges(schemaBefore, schemaAfter, tokenize),
    tables: rowChanges(countsBefore, isNothing ? new Map() : counts(), trace),
    changed: firstNames(migrations, pending, 'changed', [...countsBefore.keys()]),
    unaddressed: firstNames(migrations, pending, 'unaddressed', [...countsBefore.keys()]),
    violations: isNothing ? [] : newViolations(violationsBefore, violations(), trace),
    brokenKeys: brokenKeys(schemaAfter).filter((key) => !known.has(JSON.stringify(key))),
    flaws: isNothing ? [] : recordFlaws(before.state, await readDatabaseState(d1, table), []),
    warnings: limitWarnings({ migrations, bytesBefore, bytesAfter: statSync(file).size }),
    error: migrations.find(({ error }) => error !== undefined)?.error,
  };
  return { ...found, outcome: isNothing ? 'nothing-pending' : outcomeOf(found) };
}

function outcomeOf({
  migrations,
  violations,
  flaws,
  error,
}: Pick<Found, 'migrations' | 'violations' | 'flaws' | 'error'>): RehearseResult['outcome'] {
  if (error !== undefined) return 'failed';
  if (migrations.some(({ losses }) => losses.some(isUnannounced))) return 'lost-rows';
  const isBroken =
    violations.length > 0 ||
    flaws.length > 0 ||
    migrations.some(({ brokenSearches }) => brokenSearches.length > 0);
  return isBroken ? 'broken' : 'passed';
}

/** What each migration says of tables, by their names before the first one; without those that were made since. */
function firstNames(
  migrations: readonly RehearsedMigration[],
  pending: readonly AnalysedMigration[],
  field: 'changed' | 'unaddressed',
  tables: readonly string[],
): readonly string[] {
  const named = new Set(
    migrations.flatMap((migration, index) => {
      const trace = traceAfter(beginTrace(tables), pending.slice(0, index));
      return migration[field].map((name) => foldName(firstName(trace, name)));
    }),
  );
  return tables.filter((name) => named.has(foldName(name)));
}

async function runAll(
  rehearsal: Omit<Rehearsal, 'onCompared'>,
  pending: readonly AnalysedMigration[],
  onProgress: CopyProgress,
): Promise<readonly RehearsedMigration[]> {
  const done: RehearsedMigration[] = [];
  for (const [index, migration] of pending.entries()) {
    const { name } = migration.file;
    const show = (what: string, fraction: number) =>
      onProgress(`${what} ${name}`, (index + fraction) / pending.length);
    show('applying', 0);
    const failed = done.some(({ outcome }) => outcome === 'failed');
    const onCompared = (fraction: number) => show('comparing all rows after', fraction);
    done.push(failed ? notRun(name) : await rehearseMigration({ ...rehearsal, onCompared }, migration));
  }
  return done;
}

/** Leaves the record that `migrate` asks for. */
async function note(
  { target, source }: RehearseRequest,
  before: Survey,
  found: Found,
  time: string,
): Promise<void> {
  await writeRecord(target, {
    ...passOf({ ...found, time, source: sourceFacts(source, target) }),
    databaseId: target.database.databaseId ?? null,
    schema: found.schema.before,
    migrations: found.migrations.map(({ name, schema }) => ({
      name,
      tokens: before.checksumsOf(name).tokens,
      schema,
    })),
    passed: found.outcome === 'passed',
  });
}

const sourceFacts = (source: RehearsalSource, target: Target): Pass['source'] => ({
  kind: source.kind,
  name: describeSource(source, target),
});

/** What a rehearsal can be held to later. */
export const passOf = ({
  time,
  source,
  tables,
  changed,
}: Pick<RehearseResult, 'time' | 'source' | 'tables' | 'changed'>): Pass => {
  const there = tables.filter(({ before }) => before !== undefined);
  return {
    time,
    source,
    rows: Object.fromEntries(there.map(({ table, before = 0 }) => [table, before])),
    rowsAfter: Object.fromEntries(there.map(({ table, after = 0 }) => [table, after])),
    changed,
  };
};

/** What D1 stops a query at; wrangler sends a whole migration as one. https://developers.cloudflare.com/d1/platform/limits/ */
const QUERY_MS = 30_000;

/** Bytes of a database: the paid plan's limit, and the free one's. */
const DATABASE_BYTES = [
  { plan: 'paid', bytes: 10e9 },
  { plan: 'free', bytes: 500e6 },
] as const;

interface Measured {
  readonly migrations: readonly { readonly name: string; readonly durationMs: number }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What comes near D1's limits, or beyond them. Whatever the engine itself refuses has failed before. */
function limitWarnings({ migrations, bytesBefore, bytesAfter }: Measured): readonly string[] {
  return [
    ...migrations.flatMap(({ name, durationMs }) => {
      if (durationMs < QUERY_MS / 3) return [];
      const seconds = plural(Math.round(durationMs / 1000), 'second');
      const relation = durationMs < QUERY_MS ? 'comes near' : 'is beyond';
      return [
        `${name} took ${seconds} here, which ${relation} the 30 seconds after which D1 stops it: split it into several migrations.`,
      ];
    }),
    ...DATABASE_BYTES.filter(({ bytes }) => bytesBefore <= bytes && bytesAfter > bytes).map(
      ({ plan, bytes }) =>
        `The database grows to ${Math.round(bytesAfter / 1e6)} MB, beyond the ${bytes / 1e6} MB of the ${plan} plan.`,
    ),
  ];
}

/** A place for a throw-away copy of a target's database. */
interface ShadowPlace {
  /** The target with the copy in place of its database, as a local one. */
  readonly target: Target;
  /** The copy's file; nothing is there yet. */
  readonly file: string;
  remove(): void;
}

async function makeShadowPlace(original: Target): Promise<ShadowPlace> {
  const folder = makeThrowAwayFolder();
  const target: Target = {
    ...original,
    environment: { ...original.environment, location: 'local' },
    persistTo: folder.path,
  };
  const file = localDatabaseFile(localDatabase(target));
  makeFolder(dirname(file));
  return { target, file, remove: folder.remove };
}
