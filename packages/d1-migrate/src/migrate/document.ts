import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { MigrateResult } from './migrate.ts';

/** A result as the JSON report carries it. */
export function migrateDocument({
  survey,
  outcome,
  migrations,
  error,
  warnings,
  bookmark,
  snapshot,
  losses,
  compared,
  durationMs,
}: MigrateResult): object {
  return {
    ...targetDocument(survey.target),
    outcome,
    migrations,
    warnings,
    bookmark,
    snapshot,
    losses,
    ...(compared === undefined ? {} : { compared }),
    durationMs: Math.round(durationMs),
    ...(error === undefined ? {} : { error: errorDocument(error) }),
  };
}
