import { D1Error } from 'd1-core/errors';
import { announcements, isUnannounced, lossPhrase, type Loss, type PlacedLoss } from '../loss/index.ts';
import type { Target } from 'd1-core/target';

/** What a run can go back to. */
export interface WayBack {
  readonly bookmark: string | null;
  readonly snapshot: string | null;
}

/** The command with which Time Travel goes back to a bookmark. */
export const restoreCommand = ({ environment, database }: Target, bookmark: string): string =>
  `npx wrangler d1 time-travel restore ${database.binding} --env=${environment.wranglerEnv} --bookmark=${bookmark}`;

/** What to do to have the database of before the run again. */
export function wayBackOf(target: Target, { bookmark, snapshot }: WayBack): string {
  if (bookmark !== null) return `Go back before more is written: ${restoreCommand(target, bookmark)}`;
  return snapshot === null
    ? 'Restore an archive of before.'
    : 'Go back to the snapshot: run the target "rollback" with --strategy=snapshot';
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
