import { style } from 'd1-core/report';
import { describeSchemaChanges } from 'd1-core/schema';
import { describeMatrix, describeStatus, type StatusMatrix } from '../status/index.ts';
import { IGNORE_FILE } from '../survey/index.ts';
import type { Drift, Standing } from './drift.ts';

/** Where one database stands, as lines for people. */
export const describeStanding = (standing: Standing): readonly string[] => [
  ...describeStatus(standing),
  '',
  ...describeDrift(standing.drift),
];

/** Where all environments stand, side by side, and what their schemas have that their migrations have not. */
export const describeStandings = (matrix: StatusMatrix<Standing>): readonly string[] => [
  ...describeMatrix(matrix),
  ...matrix.environments.flatMap((environment) =>
    'error' in environment
      ? []
      : [
          '',
          `${style.bold(environment.target.environment.name)}:`,
          ...describeDrift(environment.status.drift).map((line) => (line === '' ? '' : `  ${line}`)),
        ],
  ),
];

function describeDrift({ changes, ignored, unchecked, adopt, revert }: Drift): readonly string[] {
  return [
    ...(unchecked === undefined ? [] : [style.warn(`The schema was not checked, because ${unchecked}.`)]),
    ...(changes.length === 0
      ? []
      : [
          style.bad('The schema is not what the applied migrations give:'),
          ...describeSchemaChanges(changes).map((line) => style.bad(`  ${line}`)),
        ]),
    ...ignored.map(({ kind, name, reason }) => style.dim(`${kind} ${name} differs, accepted: ${reason}`)),
    ...(changes.length === 0 ? [] : waysOut(adopt, revert)),
    ...(changes.length === 0 && unchecked === undefined
      ? [style.good('The schema is what the applied migrations give.')]
      : []),
  ];
}

/** Never to wipe. */
const waysOut = (adopt: Drift['adopt'], revert: Drift['revert']): readonly string[] => [
  '',
  'Ways out:',
  '1. Adopt it: write a migration (npx nx g d1-migrate:migration) with the following, and record it here with the target "baseline".',
  ...script(adopt),
  '2. Revert it in this database. Look first at what would be lost:',
  ...script(revert),
  `3. Ignore it: write the object and the reason into ${IGNORE_FILE} in the migrations folder.`,
];

const script = (statements: readonly string[] | undefined): readonly string[] =>
  statements === undefined
    ? [style.dim('     no statements were found that do this alone')]
    : statements.flatMap((sql) => `${sql};`.split('\n').map((line) => style.dim(`     ${line}`)));
