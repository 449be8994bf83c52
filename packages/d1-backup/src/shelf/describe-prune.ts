import { plural, style, table } from 'd1-core/report';
import { sizeWords } from '../words.ts';
import { archiveDocument, encryptedHint } from './describe-list.ts';
import type { ListedArchive } from './list-archives.ts';
import type { PruneGroup, PruneResult } from './prune.ts';

export function describePrune(result: PruneResult): readonly string[] {
  const { place, environment, groups, kept, others, unfinished } = result;
  return [
    `${style.bold(place)} · ${environment}`,
    ...groups.flatMap((group) => [
      '',
      style.dim(groupWords(group)),
      ...table(group.archives.map((archive) => row(archive, result))),
    ]),
    ...unfinished.map(({ name }) => `${name} is not finished, and was left alone`),
    ...encryptedHint(kept.map(({ archive }) => archive)),
    ...(others > 0 ? [`${plural(others, 'archive')} of other environments left alone`] : []),
    '',
    summary(result),
  ];
}

/** `database and objects of app`: what the archives of a group have in common. */
const groupWords = ({ database, contents }: PruneGroup): string =>
  database === undefined ? contents : `${contents} of ${database}`;

function row(archive: ListedArchive, { kept, failed, dryRun }: PruneResult): readonly string[] {
  const { name, size } = archive;
  const reasons = kept.find((one) => one.archive === archive)?.reasons;
  if (reasons !== undefined) return [style.good('keep'), name, sizeWords(size), reasons.join(', ')];
  const failure = failed.find((one) => one.archive === archive)?.reason ?? '';
  return [style.bad(dryRun ? 'would delete' : 'delete'), name, sizeWords(size), failure];
}

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
  groups,
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
  groups: groups.map(({ database, contents, archives }) => ({
    database: database ?? null,
    contents,
    archives: archives.map(({ name }) => name),
  })),
  kept: kept.map(({ archive, reasons }) => ({ ...archiveDocument(archive), reasons })),
  removed: removed.map(archiveDocument),
  failed: failed.map(({ archive, reason }) => ({ name: archive.name, reason })),
  freed,
  otherEnvironments: others,
  unfinished,
});
