import { plural, style, table } from 'd1-core/report';
import { ageWords, sizeWords } from '../words.ts';
import { ENCRYPTED, type ListedArchive, type ShelfList } from './list-archives.ts';

export interface ShownList extends ShelfList {
  /** Archives that are not shown, because they are of other environments. */
  readonly others: number;
}

/** Leaves out the archives of other environments; those whose environment nobody knows stay. */
export function ofEnvironment(list: ShelfList, environment: string | undefined): ShownList {
  const archives = list.archives.filter(
    ({ facts }) => environment === undefined || facts === undefined || facts.environment === environment,
  );
  return { ...list, archives, others: list.archives.length - archives.length };
}

export function describeList(
  { place, archives, unfinished, others }: ShownList,
  now: Date,
): readonly string[] {
  const head = ['Archive', 'Age', 'Environment', 'Size', 'Content', 'Proof'].map((title) => style.dim(title));
  return [
    style.bold(place),
    ...(archives.length === 0
      ? ['There is no archive.']
      : table([head, ...archives.map((archive) => row(archive, now))])),
    ...unfinished.map(({ name, size }) => style.warn(`${name} is not finished (${sizeWords(size)})`)),
    ...encryptedHint(archives),
    ...(others > 0 ? [`${plural(others, 'archive')} of other environments; --all shows them`] : []),
  ];
}

/** What to do about archives that stay unknown because they are encrypted. */
export const encryptedHint = (archives: readonly ListedArchive[]): readonly string[] =>
  archives.some(({ problem }) => problem === ENCRYPTED)
    ? ['What is encrypted is known only with --identity=<file>, and only in a folder.']
    : [];

function row({ name, time, size, facts, problem }: ListedArchive, now: Date): readonly string[] {
  const place =
    facts === undefined
      ? ['unknown', sizeWords(size), '', style.warn(problem ?? 'unknown')]
      : factsOf(size, facts);
  return [name, ageWords(time, now), ...place];
}

function factsOf(size: number, facts: NonNullable<ListedArchive['facts']>): readonly string[] {
  const { environment, location, rows, photos, proof } = facts;
  const content = [
    ...(rows === undefined ? [] : [plural(rows, 'row')]),
    ...(photos === undefined ? [] : [plural(photos, 'object')]),
  ].join(', ');
  const proved = proof.result === 'restored' ? style.good('restored') : style.warn('not proved');
  return [`${environment} (${location})`, sizeWords(size), content, proved];
}

/** A list as the JSON report carries it. */
export const listDocument = ({ place, archives, unfinished, others }: ShownList): object => ({
  place,
  archives: archives.map(archiveDocument),
  unfinished,
  otherEnvironments: others,
});

export const archiveDocument = ({ name, time, size, facts, problem }: ListedArchive): object => ({
  name,
  time: time.toISOString(),
  size,
  environment: facts?.environment ?? null,
  location: facts?.location ?? null,
  proof: facts?.proof ?? null,
  rows: facts?.rows ?? null,
  photos: facts?.photos ?? null,
  problem: problem ?? null,
});
