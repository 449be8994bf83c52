import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { RehearseResult } from './rehearse.ts';

/** A result as the JSON report carries it. */
export function rehearseDocument(result: RehearseResult): object {
  const { target, time, source, outcome, migrations, error, durationMs } = result;
  return {
    ...targetDocument(target),
    time,
    source: source.name,
    sourceKind: source.kind,
    outcome,
    // Values of rows stay at home.
    migrations: migrations.map(({ error: failure, examples: _, ...migration }) => ({
      ...migration,
      durationMs: Math.round(migration.durationMs),
      ...(failure === undefined ? {} : { error: errorDocument(failure) }),
    })),
    schema: result.schemaChanges,
    tables: result.tables,
    changed: result.changed,
    unaddressed: result.unaddressed,
    violations: result.violations,
    brokenKeys: result.brokenKeys,
    flaws: result.flaws,
    warnings: result.warnings,
    durationMs: Math.round(durationMs),
    ...(error === undefined ? {} : { error: errorDocument(error) }),
  };
}
