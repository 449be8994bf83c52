import { plural, style, table } from 'd1-core/report';
import { isUnannounced, type RowLoss } from './losses.ts';

/** One line a table, for people. */
export const describeLosses = (losses: readonly RowLoss[]): readonly string[] =>
  table(
    losses.map((loss) => [
      `  ${isUnannounced(loss) ? style.bad('✖') : style.warn('!')} ${loss.table}`,
      `${loss.before} → ${loss.after}`,
      `${plural(loss.before - loss.after, 'row')} lost`,
      loss.reason === undefined ? 'not announced' : `announced: ${loss.reason}`,
    ]),
  );

/** What was lost, in a sentence without its end: `3 rows of lists and 12 rows of list_items`. */
export function lossPhrase(losses: readonly RowLoss[]): string {
  const parts = losses.map(({ table: name, before, after }) => `${plural(before - after, 'row')} of ${name}`);
  const last = parts.pop();
  return parts.length === 0 ? (last ?? '') : `${parts.join(', ')} and ${last}`;
}
