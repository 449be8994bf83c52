import { appliedTexts, takenOutOfHistory, type DatabaseState } from 'd1-core/records';
import type { DesiredMigration } from './desired.ts';

/** Where a member stands beside the migrations of the folder. */
export type Standing =
  /** It has all of them. */
  | { readonly state: 'current' }
  /** It lacks the last ones, and nothing blocks it. */
  | { readonly state: 'behind'; readonly pending: readonly DesiredMigration[] }
  | { readonly state: Obstacle; readonly names: readonly string[] };

/**
 * Why a member must not be migrated:
 * - `other-history`: it has migrations that the folder does not have, so another project's, or those of a later commit;
 * - `modified`: files were changed after it applied them;
 * - `out-of-order`: it has migrations that come after one which it lacks;
 * - `taken-out`: a migration was applied to it by the journal, and is not in its history;
 * - `no-history`: it has tables, and no history;
 * - `wrong-environment`: its stamp is another environment's;
 * - `restoring`: a restore into it has not ended.
 */
export type Obstacle = (typeof OBSTACLES)[number];

export const OBSTACLES = [
  'other-history',
  'modified',
  'out-of-order',
  'taken-out',
  'no-history',
  'wrong-environment',
  'restoring',
] as const;

/** The standing of a member, from what it says of itself. `tables` are its own, without those of the tools. */
export function standingOf(
  state: DatabaseState,
  tables: readonly string[],
  desired: readonly DesiredMigration[],
  environment: string,
): Standing {
  const { history, stamp, restoring } = state;
  const found = (obstacle: Obstacle, names: readonly string[]): Standing => ({ state: obstacle, names });
  if (stamp !== undefined && stamp !== environment) return found('wrong-environment', [stamp]);
  if (restoring !== undefined) return found('restoring', [restoring.archive]);
  if (history.length === 0 && tables.length > 0) return found('no-history', tables);
  const applied = new Set(history.map(({ name }) => name));
  const known = new Set(desired.map(({ name }) => name));
  const others = [...applied].filter((name) => !known.has(name));
  if (others.length > 0) return found('other-history', others);
  const takenOut = [...takenOutOfHistory(state)];
  if (takenOut.length > 0) return found('taken-out', takenOut);
  const texts = appliedTexts(state);
  const modified = desired.filter(({ name, checksums }) => {
    const text = texts.get(name);
    return text !== undefined && text.certain && text.tokens !== checksums.tokens;
  });
  if (modified.length > 0) return found('modified', namesOf(modified));
  const pending = desired.filter(({ name }) => !applied.has(name));
  const [first] = pending;
  if (first === undefined) return { state: 'current' };
  const after = desired.slice(desired.indexOf(first)).filter(({ name }) => applied.has(name));
  return after.length > 0 ? found('out-of-order', namesOf(after)) : { state: 'behind', pending };
}

const namesOf = (migrations: readonly DesiredMigration[]): readonly string[] =>
  migrations.map(({ name }) => name);

/** What blocks a member, as half a sentence. */
export function describeObstacle(state: Obstacle, names: readonly string[]): string {
  const list =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  switch (state) {
    case 'other-history':
      return `it has applied ${list}, which the folder does not have`;
    case 'modified':
      return `${list} was changed after it was applied`;
    case 'out-of-order':
      return `it has applied ${list}, and lacks an earlier migration`;
    case 'taken-out':
      return `its journal says that ${list} was applied, and its history does not`;
    case 'no-history':
      return `it has tables (${list}) and no history of migrations`;
    case 'wrong-environment':
      return `it is stamped "${list}"`;
    case 'restoring':
      return `the restore of the archive ${list} has not ended`;
  }
}
