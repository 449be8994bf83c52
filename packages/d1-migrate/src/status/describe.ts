import { commandLine, lineFor } from 'd1-core/door';
import type { FolderFinding } from 'd1-core/migrations';
import { style, table } from 'd1-core/report';
import { describeSchemaChanges } from 'd1-core/schema';
import { describeTarget, whereOf, type Target } from 'd1-core/target';
import {
  type DatabaseStatus,
  IGNORE_FILE,
  type MigrationState,
  type MigrationStatus,
} from '../survey/index.ts';
import type { Drift, Standing } from './drift.ts';
import type { StatusMatrix } from './matrix.ts';

/** A status as lines for people. */
export function describeStatus(status: DatabaseStatus): readonly string[] {
  const { target, migrations, findings } = status;
  const rows = migrations.map((migration) => [
    migration.name,
    paintState(migration.state),
    migration.appliedAt === null ? '' : `${migration.appliedAt} UTC`,
    remarks(migration).join('; '),
  ]);
  return [
    describeTarget(target),
    '',
    ...(rows.length === 0 ? ['No migrations in the folder or the history.'] : table(rows)),
    ...describeFindings(findings),
    '',
    summary(status),
    ...advice(status),
  ];
}

/** The status of several environments: migrations downwards, environments across. */
export function describeMatrix({ environments, rows, complete }: StatusMatrix): readonly string[] {
  const heading = ['', ...environments.map(({ target }) => style.bold(target.environment.name))];
  const body = rows.map(({ name, states }) => [
    name,
    ...states.map((state, index) => {
      const environment = environments[index];
      if (environment !== undefined && 'error' in environment) return style.warn('?');
      return state === undefined ? '—' : paintState(state);
    }),
  ]);
  const problems = environments.flatMap((environment) => {
    const { name } = environment.target.environment;
    if ('error' in environment) {
      return [`${name}: could not be read: ${environment.error.message}`, `  Fix: ${environment.error.fix}`];
    }
    const { migrations, findings } = environment.status;
    return [
      ...findings
        .filter(({ code }) => code === 'not-taken')
        .flatMap(({ message, fix }) => [`${name}: ${message}`, `  Fix: ${fix}`]),
      ...migrations.flatMap((migration) =>
        remarks(migration).map((remark) => `${name}: ${migration.name} ${remark}`),
      ),
    ];
  });
  return [
    ...table([heading, ...body]),
    ...(problems.length === 0 ? [] : ['', ...problems]),
    ...(complete ? [] : ['', style.warn('Not every environment could be read: this status is incomplete.')]),
  ];
}

function describeFindings(findings: readonly FolderFinding[]): readonly string[] {
  return findings.flatMap(({ severity, message, fix }) => [
    '',
    `${severity === 'error' ? style.bad('error') : style.warn('warning')} ${message}`,
    `  Fix: ${fix}`,
  ]);
}

function paintState(state: MigrationState): string {
  switch (state) {
    case 'applied':
      return style.good(state);
    case 'pending':
      return style.warn(state);
    default:
      return style.bad(state);
  }
}

/** What is wrong with one migration, in words. */
function remarks({
  state,
  outOfOrder,
  duplicateNumber,
  renamedFrom,
  appliedBefore,
  inJournal,
}: MigrationStatus): readonly string[] {
  return [
    ...(state === 'modified' ? ['its SQL has changed since it was applied'] : []),
    ...(state === 'missing' ? ['is applied, but its file is gone'] : []),
    ...(state === 'unknown'
      ? [
          inJournal
            ? 'is applied, but a run was cut off that had another text: it is not known which of the two it was'
            : 'is applied, but was never a file here',
        ]
      : []),
    ...(appliedBefore ? ['was applied before, and its row was taken out of the history'] : []),
    ...(renamedFrom === null ? [] : [`is the applied ${renamedFrom} under another name`]),
    ...(outOfOrder ? ['is out of order: a later number is already applied'] : []),
    ...(duplicateNumber ? ['shares its number with another migration'] : []),
    ...(state === 'applied' && !inJournal
      ? ['applied outside this tool: changes to its file are not noticed']
      : []),
  ];
}

function summary({ migrations, pending, consistent, allTaken }: DatabaseStatus): string {
  const applied = migrations.filter(({ appliedAt }) => appliedAt !== null).length;
  const counts = `${applied} applied, ${pending} pending`;
  if (!allTaken) return style.bad(`${counts}, and wrangler does not apply every SQL file.`);
  if (!consistent) return style.bad(`${counts}, and the files do not agree with the history.`);
  return pending === 0 ? style.good(`${counts}. Up to date.`) : `${counts}.`;
}

function advice({ migrations, target }: DatabaseStatus): readonly string[] {
  const { name, location } = target.environment;
  const has = (state: MigrationState) => migrations.some((migration) => migration.state === state);
  const advise = (needed: boolean, text: string) => (needed ? [`  ${text}`] : []);
  return [
    ...advise(
      has('modified'),
      location === 'local'
        ? `Modified: put the old text back and write a new migration, or start over with "${lineFor(whereOf(target), 'd1-migrate:reset')}".`
        : 'Modified: put the old text back and write the change as a new migration.',
    ),
    ...advise(
      has('missing') || has('unknown'),
      `Missing or unknown: get the file back from git, or from the branch that has it. What is in the database can be recorded with "${lineFor(whereOf(target), 'd1-migrate:baseline', '--replaceHistory')}".`,
    ),
    ...advise(
      migrations.some(({ renamedFrom }) => renamedFrom !== null),
      'Renamed: give the file its old name; wrangler would run it a second time.',
    ),
    ...advise(
      migrations.some((migration) => migration.duplicateNumber || migration.outOfOrder),
      `Order and numbers: "${commandLine('d1-migrate:renumber')}" renames the files that are applied nowhere (looked at here: ${name}).`,
    ),
  ];
}

/** Where one database stands, as lines for people. */
export const describeStanding = (standing: Standing): readonly string[] => [
  ...describeStatus(standing),
  '',
  ...describeDrift(standing),
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
          ...describeDrift(environment.status).map((line) => (line === '' ? '' : `  ${line}`)),
        ],
  ),
];

function describeDrift({ target, drift }: Standing): readonly string[] {
  const { changes, ignored, unchecked } = drift;
  return [
    ...(unchecked === undefined ? [] : [style.warn(`The schema was not checked, because ${unchecked}.`)]),
    ...(changes.length === 0
      ? []
      : [
          style.bad('The schema is not what the applied migrations give:'),
          ...describeSchemaChanges(changes).map((line) => style.bad(`  ${line}`)),
        ]),
    ...ignored.map(({ kind, name, reason }) => style.dim(`${kind} ${name} differs, accepted: ${reason}`)),
    ...(changes.length === 0 ? [] : waysOut(target, drift)),
    ...(changes.length === 0 && unchecked === undefined
      ? [style.good('The schema is what the applied migrations give.')]
      : []),
  ];
}

/** Never to wipe. */
const waysOut = (target: Target, { adopt, revert }: Drift): readonly string[] => [
  '',
  'Ways out:',
  `1. Adopt it: write a migration (${commandLine('d1-migrate:migration', '<name>')}) with the following, and record it here with "${lineFor(whereOf(target), 'd1-migrate:baseline')}".`,
  ...script(adopt),
  '2. Revert it in this database. Look first at what would be lost:',
  ...script(revert),
  `3. Ignore it: write the object and the reason into ${IGNORE_FILE} in the migrations folder.`,
];

const script = (statements: readonly string[] | undefined): readonly string[] =>
  statements === undefined
    ? [style.dim('     no statements were found that do this alone')]
    : statements.flatMap((sql) => `${sql};`.split('\n').map((line) => style.dim(`     ${line}`)));
