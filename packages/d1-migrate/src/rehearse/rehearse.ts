import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openLocalD1, type D1 } from 'd1-core/database';
import type { D1Error } from 'd1-core/errors';
import { isOurTable } from 'd1-core/history';
import { fingerprint, openDatabaseFile, readSchema } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { analyseMigrations, isUnannounced, type AnalysedMigration } from '../loss/index.ts';
import { blockedError, findBlockers } from '../migrate/blockers.ts';
import { survey, type Survey } from '../status/index.ts';
import { localDatabase, type Target } from 'd1-core/target';
import { compareContent, type ContentComparison } from './compare-content.ts';
import { foreignKeyViolations, readContent, type Violation } from './content.ts';
import { copyInto, describeSource, type CopyProgress, type RehearsalSource } from './copy/index.ts';
import { limitWarnings } from './limits.ts';
import { writeRecord } from './record.ts';
import { rehearseMigration, type Rehearsal, type RehearsedMigration } from './rehearse-migration.ts';
import { schemaChanges, type SchemaChange } from './schema-changes.ts';
import { makeShadowPlace } from './shadow.ts';

export interface RehearseRequest {
  readonly target: Target;
  readonly source: RehearsalSource;
  readonly onProgress?: CopyProgress | undefined;
}

export interface RehearseResult extends ContentComparison {
  readonly target: Target;
  /** What the data came from, in words. */
  readonly source: string;
  /** `lost-rows`: more than directives announce. */
  readonly outcome: 'nothing-pending' | 'passed' | 'lost-rows' | 'failed';
  readonly migrations: readonly RehearsedMigration[];
  /** Fingerprints of the schema before and after. */
  readonly schema: { readonly before: string; readonly after: string };
  readonly schemaChanges: readonly SchemaChange[];
  /** Violations of foreign keys that were not there before. */
  readonly violations: readonly Violation[];
  /** What comes near D1's limits. */
  readonly warnings: readonly string[];
  readonly error: D1Error | undefined;
  readonly durationMs: number;
}

/** Applies what is pending to a throw-away copy of a database's actual data, and says what became of the data. */
export async function rehearse(request: RehearseRequest): Promise<RehearseResult> {
  const { target, source, onProgress = () => undefined } = request;
  const started = performance.now();
  const place = await makeShadowPlace(target);
  const opened: (() => Promise<void> | void)[] = [];
  try {
    onProgress(`copying ${describeSource(source, target)}`);
    await copyInto(place.file, source, target, onProgress);
    const d1 = openLocalD1(localDatabase(place.target));
    opened.push(() => d1.close());
    const before = await survey(place.target, d1);
    const blocked = blockedError(await findBlockers(before));
    if (blocked !== undefined) throw blocked;
    await d1.batch(['SELECT 1']); // workerd makes the file, where there was no database.
    const reader = await openDatabaseFile(place.file);
    opened.push(() => reader.close());
    const found = await run({ d1, reader, before, file: place.file, onProgress });
    if (found.outcome !== 'nothing-pending') await note(request, before, found);
    return {
      ...found,
      target,
      source: describeSource(source, target),
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

type Found = Omit<RehearseResult, 'target' | 'source' | 'durationMs'>;

async function run({ d1, reader, before, file, onProgress }: Stage): Promise<Found> {
  const table = before.target.database.migrationsTable;
  const isHidden = (name: string) => isOurTable(name, table);
  const read = (what: string) =>
    readContent(reader, isHidden, (fraction) => onProgress(`${what} the content of the tables`, fraction));
  const schemaBefore = await readSchema(d1, isHidden);
  const pendingNames = new Set(
    before.migrations.filter(({ state }) => state === 'pending').map(({ name }) => name),
  );
  const pending = await analyseMigrations(before.files.filter(({ name }) => pendingNames.has(name)));
  const contentBefore = pending.length === 0 ? new Map() : await read('reading');
  const violationsBefore = new Set(foreignKeyViolations(reader).map(keyOf));
  const bytesBefore = statSync(file).size;

  const migrations = await runAll({ d1, reader, isHidden }, pending, onProgress);
  const error = migrations.find((migration) => migration.error !== undefined)?.error;
  const contentAfter = pending.length === 0 ? new Map() : await read('comparing');
  const lost = migrations.some(({ losses }) => losses.some(isUnannounced));
  const applied = pending.filter((_, index) => migrations[index]?.outcome === 'passed');
  const tokenize = await loadTokenizer();
  const schemaAfter = await readSchema(d1, isHidden);
  return {
    outcome:
      pending.length === 0
        ? 'nothing-pending'
        : error !== undefined
          ? 'failed'
          : lost
            ? 'lost-rows'
            : 'passed',
    migrations,
    schema: { before: fingerprint(schemaBefore, tokenize), after: fingerprint(schemaAfter, tokenize) },
    schemaChanges: schemaChanges(schemaBefore, schemaAfter, tokenize),
    ...compareContent(applied, contentBefore, contentAfter),
    violations: foreignKeyViolations(reader).filter((violation) => !violationsBefore.has(keyOf(violation))),
    warnings: limitWarnings({ migrations, bytesBefore, bytesAfter: statSync(file).size }),
    error,
  };
}

async function runAll(
  rehearsal: Rehearsal,
  pending: readonly AnalysedMigration[],
  onProgress: CopyProgress,
): Promise<readonly RehearsedMigration[]> {
  const done: RehearsedMigration[] = [];
  for (const [index, migration] of pending.entries()) {
    const { name } = migration.file;
    onProgress(`applying ${name}`, index / pending.length);
    const failed = done.some(({ outcome }) => outcome === 'failed');
    done.push(
      failed
        ? { name, outcome: 'not-run', durationMs: 0, losses: [], error: undefined }
        : await rehearseMigration(rehearsal, migration),
    );
  }
  return done;
}

/** Leaves the record that `migrate` asks for. */
async function note({ target, source }: RehearseRequest, before: Survey, found: Found): Promise<void> {
  await writeRecord(target, {
    time: new Date().toISOString(),
    source: describeSource(source, target),
    schema: found.schema.before,
    migrations: found.migrations.map(({ name }) => ({ name, tokens: before.checksumsOf(name).tokens })),
    passed: found.outcome === 'passed',
  });
}

const keyOf = ({ table, rowid, parent }: Violation): string => JSON.stringify([table, rowid, parent]);
