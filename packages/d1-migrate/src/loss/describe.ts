import { plural, style, table } from 'd1-core/report';
import { isUnannounced, type Loss, type LossExample } from 'd1-core/loss';

/** One line a loss, for people. */
export const describeLosses = (losses: readonly Loss[]): readonly string[] =>
  table(
    losses.map((loss) => [
      `  ${isUnannounced(loss) ? style.bad('✖') : style.warn('!')} ${loss.table}`,
      `${loss.before} → ${loss.after}`,
      whatIsLost(loss),
      loss.reason === undefined ? 'not announced' : `announced: ${loss.reason}`,
    ]),
  );

function whatIsLost({ what, column, count }: Loss): string {
  switch (what) {
    case 'rows':
      return `${plural(count, 'row')} lost`;
    case 'values':
      return `${plural(count, 'value')} of ${column} lost`;
    case 'twice':
      return `${plural(count, 'row')} there twice`;
    case 'unplanned':
      return `${plural(count, 'row')} fewer than planned`;
  }
}

/** A few of the rows and values that are lost: for a terminal alone. */
export const describeExamples = (examples: readonly LossExample[]): readonly string[] =>
  examples.length === 0
    ? []
    : [
        'For example:',
        ...table(
          examples.map(({ table: name, key, column, was, now }) => [
            `  ${name}${column === undefined ? '' : `.${column}`}`,
            key,
            column === undefined ? 'gone' : `${was} → ${now}`,
          ]),
        ),
        '',
      ];

const AFTERWORDS = { rows: '', twice: ' twice', unplanned: ' more than planned' } as const;

/** What was lost, in a sentence without its end: `3 rows of lists and 12 values of items.name are lost`. */
export function lossPhrase(losses: readonly Loss[]): string {
  const parts = losses.map(({ table: name, what, column, count }) =>
    what === 'values'
      ? `${plural(count, 'value')} of ${name}.${column}`
      : `${plural(count, 'row')} of ${name}${AFTERWORDS[what]}`,
  );
  const last = parts.pop();
  return parts.length === 0 ? (last ?? '') : `${parts.join(', ')} and ${last}`;
}
