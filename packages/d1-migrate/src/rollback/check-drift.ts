import { D1Error } from 'd1-core/errors';
import type { Schema } from 'd1-core/schema';
import type { Tokenize } from 'd1-core/sql';
import type { Expected } from '../drift/index.ts';
import type { Survey } from '../status/index.ts';
import { otherWays } from './other-ways.ts';
import { schemaDifference } from './schema-check.ts';

/** A script leads back from the schema that its migration left, and from no other. */
export function checkDrift(
  expected: Expected,
  actual: Schema,
  survey: Survey,
  names: readonly string[],
  tokenize: Tokenize,
): void {
  const after = expected.outcome === 'known' ? expected.steps.at(-1)?.after : undefined;
  const difference = after === undefined ? undefined : schemaDifference(after, actual, tokenize);
  if (difference === undefined) return;
  throw new D1Error({
    code: 'drifted',
    message: `The schema is not as the migrations left it: ${difference}.`,
    fix: 'See with the target "status" what was changed outside the migrations, and write a migration for it.',
    notes: ['Nothing was changed.', ...otherWays(survey, names[0] ?? '')],
  });
}
