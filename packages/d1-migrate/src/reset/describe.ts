import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import type { ResetResult } from './reset.ts';

export function describeReset({
  target,
  outcome,
  migrations,
  seeded,
  snapshot,
  durationMs,
}: ResetResult): readonly string[] {
  const applied = `${plural(migrations.length, 'migration')} applied${seeded ? ', seed run' : ''}`;
  return [
    describeTarget(target),
    '',
    ...migrations.map((name) => `  ${style.good('✔')} ${name}`),
    '',
    outcome === 'dry-run'
      ? `Would replace the local database: ${applied} on a throw-away one. Nothing was changed.`
      : style.good(`New database: ${applied} in ${(durationMs / 1000).toFixed(1)} s.`),
    ...(snapshot === null
      ? []
      : ['The old one is kept as a snapshot: "rollback --strategy=snapshot" goes back to it.']),
  ];
}

/** A result as the JSON report carries it. */
export const resetDocument = ({ target, durationMs, ...result }: ResetResult): object => ({
  ...targetDocument(target),
  ...result,
  durationMs: Math.round(durationMs),
});
