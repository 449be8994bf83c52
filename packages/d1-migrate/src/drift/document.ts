import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { EnvironmentDrift } from './drift.ts';

/** The result for machines. */
export const driftDocument = (drifts: readonly EnvironmentDrift[]): object => ({
  environments: drifts.map((drift) =>
    'error' in drift
      ? { ...targetDocument(drift.target), error: errorDocument(drift.error) }
      : {
          ...targetDocument(drift.target),
          migrations: drift.migrations.map(({ name, state }) => ({ name, state })),
          changes: drift.changes,
          ignored: drift.ignored,
          adopt: drift.adopt ?? null,
          revert: drift.revert ?? null,
          unchecked: drift.unchecked ?? null,
        },
  ),
});
