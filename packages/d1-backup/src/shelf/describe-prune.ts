import { plural, style, table } from 'd1-core/report';
import { sizeWords } from '../words.ts';
import { archiveDocument, encryptedHint } from './describe-list.ts';
import type { PruneResult } from './prune.ts';

export function describePrune(result: PruneResult): readonly string[] {
  const { place, environment, kept, removed, failed, others, unfinished } = result;
  const lost = new Map(failed.map(({ archive, reason }) => [archive, reason]));
  const rows = [
    ...kept.map(({ archive, reasons }) => ({
      archive,
      cells: [style.good('keep'), archive.name, sizeWords(archive.size), reasons.join(', ')],
    })),
    ...removed.map((archive) => ({
      archive,
      cells: [style.bad(verb(result)), archive.name, sizeWords(archive.size), lost.get(archive) ?? ''],
    })),
  ];
  rows.sort((a, b) => b.archive.time.getTime() - a.archive.time.getTime());
  return [
    `${style.bold(place)} · ${environment}`,
    ...table(rows.map(({ cells }) => cells)),
    ...unfinished.map(({ name }) => `${name} is not finished, and was left alone`),
    ...encryptedHint(kept.map(({ archive }) => archive)),
    ...(others > 0 ? [`${plural(others, 'archive')} of other environments left alone`] : []),
    '',
    summary(result),
  ];
}

const verb = ({ dryRun }: PruneResult): string => (dryRun ? 'would delete' : 'delete');

function summary({ removed, failed, freed, dryRun, kept }: PruneResult): string {
  const rest = `${plural(kept.length, 'archive')} kept`;
  if (dryRun)
    return `${plural(removed.length, 'archive')} would go (${sizeWords(freed)}), ${rest}. Nothing was deleted.`;
  const gone = `${plural(removed.length - failed.length, 'archive')} deleted (${sizeWords(freed)}), ${rest}`;
  return failed.length === 0
    ? `${gone}.`
    : style.bad(`${gone}, ${failed.length} could not be deleted; they are still there. Run it again.`);
}

/** What pruning did, as the JSON report carries it. */
export const pruneDocument = ({
  place,
  environment,
  dryRun,
  kept,
  removed,
  failed,
  freed,
  others,
  unfinished,
}: PruneResult): object => ({
  place,
  environment,
  dryRun,
  kept: kept.map(({ archive, reasons }) => ({ ...archiveDocument(archive), reasons })),
  removed: removed.map(archiveDocument),
  failed: failed.map(({ archive, reason }) => ({ name: archive.name, reason })),
  freed,
  otherEnvironments: others,
  unfinished,
});
