import { basename, relative } from 'node:path';
import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import { sizeWords } from '../words.ts';
import { isAddress } from '../place.ts';
import { isIncomplete, type BackupResult, type SavedObjectsFacts } from './request.ts';

/** Problems that are shown; the JSON report has all. */
const SHOWN = 20;

export function describeBackup(result: BackupResult, folder: string): readonly string[] {
  const { target, file, size, uploaded, warnings, photos, outcome } = result;
  const shown =
    file === undefined ? undefined : isAddress(file) ? file : relative(folder, file) || basename(file);
  return [
    style.bold(describeTarget(target)),
    ...databaseLines(result),
    ...(photos === undefined ? [] : objectLines(photos, outcome)),
    ...warnings.map((warning) => style.warn(warning)),
    '',
    ...(shown === undefined
      ? ['Nothing was read but numbers, and nothing was written.']
      : [verdict(result, shown)]),
    ...(file === undefined ? [] : [`${style.link(shown ?? file)}  ${sizeWords(size)}`]),
    ...(uploaded === undefined ? [] : [`${style.link(uploaded)}  uploaded and compared`]),
  ];
}

function databaseLines({ database, outcome }: BackupResult): readonly string[] {
  if (database === undefined) return [];
  const { tables, mode, bookmark } = database;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const content = `${plural(tables.length, 'table')} with ${plural(rows, 'row')}`;
  if (outcome === 'dry-run') return [`Database: ${content} would be saved`];
  const how =
    bookmark === null ? 'from a copy of the file' : mode === 'export' ? 'from an export' : 'page by page';
  return [
    `Database: ${content}, read ${how}`,
    ...(bookmark === null ? [] : [`Time Travel bookmark: ${bookmark.after}`]),
  ];
}

function objectLines(photos: SavedObjectsFacts, outcome: BackupResult['outcome']): readonly string[] {
  const { bucket, prefix, objects, bytes, reused, problems } = photos;
  const below = prefix === '' ? '' : ` below ${prefix}`;
  const content = `${plural(objects, 'object')}${below} of the bucket ${bucket}, ${sizeWords(bytes)}`;
  if (outcome === 'dry-run') return [`Objects: ${content} would be saved`];
  const more = problems.length - SHOWN;
  return [
    `Objects: ${content}${reused === 0 ? '' : `, ${reused} of them not fetched again`}`,
    ...problems
      .slice(0, SHOWN)
      .map(({ key, kind, reason }) => style.warn(`  ${kind}: ${JSON.stringify(key)}: ${reason}`)),
    ...(more > 0 ? [`  … and ${more} more; --json lists them all`] : []),
  ];
}

function verdict(result: BackupResult, shown: string): string {
  const { proof, database } = result;
  if (proof?.result !== 'restored')
    return style.warn(
      `Saved, and not proved (--no-verify). Prove it with "backup-verify --archive=${shown}".`,
    );
  const proved =
    database === undefined
      ? 'Saved; every byte was read again.'
      : 'Saved and proved: the database was restored and compared, and every byte was read again.';
  return isIncomplete(result) ? style.warn(`${proved} It is not complete; see above.`) : style.good(proved);
}

/** A backup as the JSON report carries it. */
export function backupDocument(result: BackupResult): object {
  const { target, outcome, file, size, proof, database, photos, uploaded, warnings, durationMs } = result;
  return {
    ...targetDocument(target),
    outcome,
    archive: file ?? null,
    size,
    proof: proof ?? null,
    content: {
      database:
        database === undefined
          ? null
          : {
              mode: database.mode,
              consistent: database.consistent,
              bookmark: database.bookmark,
              tables: database.tables.map(({ name, rows }) => ({ name, rows })),
            },
      photos: photos ?? null,
    },
    uploaded: uploaded ?? null,
    warnings,
    durationMs: Math.round(durationMs),
  };
}
