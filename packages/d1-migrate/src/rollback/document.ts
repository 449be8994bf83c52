import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { GoBackResult } from './go-back.ts';
import type { RollbackResult } from './rollback.ts';

/** The result for machines. */
export const rollbackDocument = ({
  plan,
  outcome,
  migrations,
  error,
  warnings,
  bookmark,
  snapshot,
}: RollbackResult): object => ({
  ...targetDocument(plan.survey.target),
  strategy: 'script',
  outcome,
  migrations: migrations.map((migration, index) => ({
    ...migration,
    class: plan.scripts[index]?.class ?? null,
    losses:
      plan.scripts[index]?.losses.map(({ table, column, what }) => ({
        table,
        column: column ?? null,
        what,
      })) ?? [],
    leaves: plan.scripts[index]?.kept ?? [],
  })),
  lostNow: plan.losses.map(({ table, column, count }) => ({ table, column: column ?? null, count })),
  unchecked: plan.unchecked,
  error: error === undefined ? null : errorDocument(error),
  warnings,
  bookmark,
  snapshot,
});

export const goBackDocument = ({ target, way, outcome, last, undo, warnings }: GoBackResult): object => ({
  ...targetDocument(target),
  strategy: way.strategy,
  outcome,
  to: way.strategy === 'snapshot' ? way.snapshot.id : way.bookmark.bookmark,
  lastApplied: last ?? null,
  undo: undo ?? null,
  warnings,
});
