import { describeSchemaChanges } from 'd1-core/schema';
import { style } from 'd1-core/report';
import { describeTarget } from 'd1-core/target';
import type { Drift, EnvironmentDrift } from './drift.ts';
import { IGNORE_FILE } from './ignored.ts';

/** What was found, environment by environment, as lines for people. */
export const describeDrifts = (drifts: readonly EnvironmentDrift[]): readonly string[] =>
  drifts.flatMap((drift, index) => [
    ...(index === 0 ? [] : ['']),
    describeTarget(drift.target),
    ...('error' in drift
      ? [style.warn(`  could not be read: ${drift.error.message}`), `  Fix: ${drift.error.fix}`]
      : describeDrift(drift)),
  ]);

function describeDrift({ migrations, changes, ignored, unchecked, adopt, revert }: Drift): readonly string[] {
  const isSame = migrations.length === 0 && changes.length === 0 && unchecked === undefined;
  return [
    ...migrations.map(({ name, state }) => style.warn(`  ${name}: ${state}; see the target "status"`)),
    ...(unchecked === undefined ? [] : [style.warn(`  Not checked: the schema, because ${unchecked}.`)]),
    ...describeSchemaChanges(changes).map((line) => style.bad(`  ${line}`)),
    ...ignored.map(({ kind, name, reason }) => style.dim(`  ${kind} ${name} differs, accepted: ${reason}`)),
    ...(changes.length === 0 ? [] : waysOut(adopt, revert)),
    ...(isSame ? [style.good('  The schema is what the migrations give.')] : []),
  ];
}

/** Never to wipe. */
const waysOut = (adopt: Drift['adopt'], revert: Drift['revert']): readonly string[] => [
  '',
  '  Ways out:',
  '  1. Adopt it: write a migration (nx g d1-migrate:migration) with what follows, and record it here with the target "baseline".',
  ...script(adopt),
  '  2. Revert it in this database. Look first what would be lost:',
  ...script(revert),
  `  3. Ignore it: write the object and the reason into ${IGNORE_FILE} in the migrations folder.`,
];

const script = (statements: readonly string[] | undefined): readonly string[] =>
  statements === undefined
    ? [style.dim('       no statements were found that do this alone')]
    : statements.flatMap((sql) => `${sql};`.split('\n').map((line) => style.dim(`       ${line}`)));
