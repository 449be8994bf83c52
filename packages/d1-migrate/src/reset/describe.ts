import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import type { ResetResult } from './reset.ts';

export function describeReset({ target, migrations, seeded, durationMs }: ResetResult): readonly string[] {
  const applied = `${plural(migrations.length, 'migration')} applied${seeded ? ', seed run' : ''}`;
  return [
    describeTarget(target),
    '',
    ...migrations.map((name) => `  ${style.good('✔')} ${name}`),
    '',
    style.good(`New database: ${applied} in ${(durationMs / 1000).toFixed(1)} s.`),
    'A "wrangler dev" that is running still has the old one open: start it again.',
  ];
}

/** A result as the JSON report carries it. */
export function resetDocument({ target, migrations, seeded, durationMs }: ResetResult): object {
  return { ...targetDocument(target), migrations, seeded, durationMs: Math.round(durationMs) };
}
