import { commandLine } from 'd1-core/door';
import { basename } from 'node:path';
import { METADATA_TABLE } from 'd1-core/records';
import { plural, style, table } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import { sizeWords } from '../words.ts';
import type { Archive } from '../zip/index.ts';
import type { WayBack } from './database-restore.ts';
import type { RestoredFolder } from './folder.ts';
import type { ObjectPlan } from './objects.ts';
import type { DatabasePlan, RestorePlan } from './plan.ts';
import { goBackCommand } from './restore-remote.ts';
import type { RestoreResult } from './restore.ts';
import type { TableRows } from './target-contents.ts';

/** What will be done, and what will be lost, before anybody is asked. */
export function describePlan({
  target,
  archive,
  database,
  photos,
  foreignSchema,
  warnings,
}: RestorePlan): readonly string[] {
  return [
    describeTarget(target),
    '',
    ...describeArchive(archive, target),
    ...(foreignSchema === undefined ? [] : describeSchema(foreignSchema)),
    ...(database === undefined ? [] : describeDatabase(database)),
    ...(photos === undefined ? [] : describeObjects(photos)),
    ...warnings.map((warning) => style.warn(`  ${warning}`)),
    '',
  ];
}

function describeArchive({ file, metadata }: Archive, { environment }: Target): readonly string[] {
  if (metadata === undefined) {
    return [`${basename(file)}, by another tool: what comes back cannot be compared with what it was.`];
  }
  const { startedAt, database, proof } = metadata;
  const of = `${metadata.environment.name}, ${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return [
    `${style.bold(basename(file))}, of ${of}`,
    ...(database === undefined ? [] : [`  ${countOf(database.tables)}`]),
    ...(metadata.environment.name === environment.name
      ? []
      : [style.warn(`  It is of another environment; the database stays that of ${environment.name}.`)]),
    ...(proof.result === 'skipped' ? [style.warn('  It was never proved.')] : []),
    ...(database?.consistent === false
      ? [style.warn('  Its rows are not all of one moment: the database was written to meanwhile.')]
      : []),
  ];
}

/** What an archive of another database makes. Triggers run later, with the rights of whoever writes, so they are shown in full. */
function describeSchema(created: readonly string[]): readonly string[] {
  const kindOf = (sql: string) =>
    /^\s*CREATE (?:UNIQUE |VIRTUAL )?(\w+)/i.exec(sql)?.[1]?.toLowerCase() ?? 'object';
  const counts = Map.groupBy(created, kindOf);
  const words = [...counts].map(([kind, all]) =>
    plural(all.length, kind, kind === 'index' ? 'indexes' : undefined),
  );
  return [
    `  It is not of this database. It makes ${words.join(', ') || 'nothing'}.`,
    ...(counts.get('trigger') ?? []).flatMap((sql) =>
      sql
        .trim()
        .split('\n')
        .map((line) => `    ${line}`),
    ),
  ];
}

/** Without the tables of SQLite and the one of the lock, which nobody has made. */
function countOf(all: readonly TableRows[]): string {
  const tables = all.filter(({ name }) => !name.startsWith('sqlite_') && name !== METADATA_TABLE);
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  return `${plural(tables.length, 'table')} with ${plural(rows, 'row')}`;
}

function describeDatabase({ lost, resumes, isDone }: DatabasePlan): readonly string[] {
  if (isDone) return ['The database is restored already.'];
  if (resumes !== undefined) {
    return [`The restore continues after ${plural(resumes.done, 'statement')}.`];
  }
  if (lost.length === 0) return ['The database is empty now.'];
  return [
    `What is in the database now goes: ${countOf(lost)}.`,
    ...table(lost.filter((one) => one.rows > 0).map((one) => [`  ${one.name}`, plural(one.rows, 'row')])),
  ];
}

function describeObjects({ bucket, missing, replaced, unchanged, others }: ObjectPlan): readonly string[] {
  const bytes = missing.reduce((sum, { size }) => sum + size, 0);
  return [
    `Bucket ${bucket}: ${plural(missing.length, 'object')} to put (${sizeWords(bytes)}), ${unchanged} there already.`,
    ...(replaced.size === 0
      ? []
      : [
          style.warn(
            `  ${plural(replaced.size, 'object')} with another content will be replaced, and cannot come back.`,
          ),
        ]),
    ...(others === 0 ? [] : [`  ${plural(others, 'other object')} stay as they are.`]),
  ];
}

/** What takes a database back to before the restore. */
export function describeUndo(target: Target, undo: WayBack): readonly string[] {
  return undo.kind === 'snapshot'
    ? [`A snapshot of what was there: "rollback --strategy=snapshot" restores it (${undo.id}).`]
    : ['The way back to what was there:', `  ${goBackCommand(target, undo.bookmark)}`];
}

export function describeRestore(result: RestoreResult): readonly string[] {
  const { plan, outcome, tables, lastMigration, undo, warnings, durationMs } = result;
  if (outcome === 'dry-run') return ['Dry run: nothing was changed.', ...needsOverwrite(plan)];
  const { database, photos } = plan;
  return [
    ...(tables === undefined ? [] : [`${style.good('✔')} ${countOf(tables)}, read again and equal`]),
    ...(database?.isDone === true ? [`${style.good('✔')} the database was restored before`] : []),
    ...(photos === undefined
      ? []
      : [
          `${style.good('✔')} ${plural(photos.missing.length, 'object')} in ${photos.bucket}, ${photos.unchanged} were there already`,
        ]),
    ...warnings.map((warning) => style.warn(`! ${warning}`)),
    ...(undo?.kind === 'snapshot' ? ['', ...describeUndo(plan.target, undo)] : []),
    ...(tables === undefined ? [] : ['', ...next(lastMigration)]),
    '',
    style.good(`Restored in ${(durationMs / 1000).toFixed(1)} s.`),
  ];
}

const needsOverwrite = ({ database, photos }: RestorePlan): readonly string[] =>
  (database?.lost.length ?? 0) > 0 || (photos?.replaced.size ?? 0) > 0
    ? ['A real run needs --overwrite.']
    : [];

const next = (lastMigration: string | undefined): readonly string[] => [
  lastMigration === undefined
    ? 'No migration is recorded as applied in it.'
    : `The last migration in it is ${lastMigration}.`,
  `"${commandLine('d1-migrate:migrate')}" applies what came later.`,
];

/** A result as the JSON report carries it. */
export function restoreDocument({ plan, outcome, ...result }: RestoreResult): object {
  const { target, archive, database, photos } = plan;
  return {
    ...targetDocument(target),
    archive: archive.file,
    outcome,
    lost: database?.lost ?? [],
    tables: result.tables ?? null,
    lastMigration: result.lastMigration ?? null,
    photos:
      photos === undefined
        ? null
        : {
            bucket: photos.bucket,
            put: photos.missing.length,
            replaced: photos.replaced.size,
            unchanged: photos.unchanged,
          },
    undo: result.undo ?? null,
    warnings: result.warnings,
    durationMs: Math.round(result.durationMs),
  };
}

export function describeFolder({
  archive,
  folder,
  outcome,
  files,
  unchanged,
  warnings,
}: RestoredFolder): readonly string[] {
  const name = basename(archive.file);
  const shown = warnings.map((warning) => style.warn(`! ${warning}`));
  if (outcome === 'dry-run')
    return [...shown, `${name} is sound: ${plural(files, 'file')} would be written into ${folder}.`];
  const there = unchanged === 0 ? '' : `, ${unchanged} were there already`;
  return [...shown, style.good(`${plural(files, 'file')} of ${name} written into ${folder}${there}.`)];
}

/** A result as the JSON report carries it. */
export function folderDocument({ archive, ...result }: RestoredFolder): object {
  return { archive: archive.file, ...result };
}
