import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import type { Target } from 'd1-core/target';
import { announcements, isUnannounced, type Loss } from 'd1-core/loss';
import { lossPhrase, type PlacedLoss } from '../loss/index.ts';
import { restoreCommand, type Survey } from '../survey/index.ts';
import type { PrivateCopy } from './private-copy.ts';

/** What a run can go back to. */
interface WayBack {
  readonly bookmark: string | null;
  readonly snapshot: string | null;
}

/** What to do to have the database of before the run again. */
function wayBackOf(target: Target, { bookmark, snapshot }: WayBack): string {
  if (bookmark !== null) return `Go back before more is written: ${restoreCommand(target, bookmark)}`;
  return snapshot === null
    ? 'Restore an archive of before.'
    : `Go back to the snapshot: ${commandLine('d1-migrate:rollback', '--strategy=snapshot')}`;
}

/** Rows that are gone although no directive announces it; undefined when there are none. */
export function lostRowsError(
  target: Target,
  losses: readonly (Loss | PlacedLoss)[],
  { bookmark, snapshot }: WayBack,
): D1Error | undefined {
  const unannounced = losses.filter(isUnannounced);
  if (unannounced.length === 0) return undefined;
  return new D1Error({
    code: 'rows-lost',
    message: `Lost, and ${unannounced.every(({ what }) => what === 'unplanned') ? 'not as planned' : 'announced by no migration'}: ${lossPhrase(unannounced)}.`,
    fix: wayBackOf(target, { bookmark, snapshot }),
    notes: [
      ...unannounced.map(({ table, before, after }) => `${table}: ${before} rows before, ${after} after`),
      ...new Set(unannounced.flatMap(placeOf)),
      'The migrations are applied and recorded. An application that writes to the database meanwhile may have deleted them too.',
      ...(announcements(unannounced).length === 0
        ? []
        : [
            'If they may go, announce it above the statement that they go with:',
            ...announcements(unannounced).map((line) => `  ${line}`),
          ]),
      ...(snapshot === null ? [] : [`The snapshot of before: ${snapshot}`]),
    ],
  });
}

const placeOf = (loss: Loss | PlacedLoss): readonly string[] =>
  'line' in loss && loss.line !== undefined
    ? [`${loss.migration}:${loss.line}: ${loss.statement} (${loss.table})`]
    : [];

type Held = ReturnType<PrivateCopy['checksums']>;

/** The migrations that were not, when wrangler had read them, what they were when they were checked. */
export const swappedFiles = (
  { checksumsOf }: Survey,
  pending: readonly MigrationFile[],
  held: Held,
): readonly string[] =>
  pending
    .map(({ name }) => name)
    .filter((name) => held.has(name) && held.get(name)?.raw !== checksumsOf(name).raw)
    .map((name) => `${name} was changed while wrangler read it, so it is not what was checked that ran.`);

/** Something else was done than what was checked; undefined where nothing was. `deviations` are sentences. */
export function notAsCheckedError(
  { target }: Survey,
  deviations: readonly string[],
  wayBack: WayBack,
): D1Error | undefined {
  if (deviations.length === 0) return undefined;
  return new D1Error({
    code: 'not-as-checked',
    message: deviations.join(' '),
    fix: wayBackOf(target, wayBack),
    notes: [
      `"${commandLine('d1-migrate:status')}" shows which migrations are in the history now, and "${commandLine('d1-migrate:status', '--history')}" what the journal says of them.`,
    ],
  });
}
