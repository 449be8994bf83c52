import { codeFrame, markdownCode, markdownTable, markdownText, plural, style } from 'd1-core/report';
import type { Conflict, DeploymentOrder, MigrationClass } from './compare-revisions.ts';

/** In which order the migrations of one database and the code go out. A plain value. */
export interface DatabaseOrder extends DeploymentOrder {
  readonly binding: string;
  /** The refs of the code that is deployed. */
  readonly deployed: readonly string[];
  /** What of the deployed code is not in it: queries that only a run can tell, and files that could not be read. */
  readonly notChecked: readonly { readonly revision: string; readonly count: number }[];
}

const WORDS: Readonly<Record<MigrationClass, string>> = {
  neutral: 'neutral: neither code minds it',
  expand: 'expand: the new code needs it, so migrate first',
  contract: 'contract: the deployed code does not survive it, so deploy first',
  breaking: 'breaking: no order is safe',
};

/** The order for people. */
export function describeOrder(order: DatabaseOrder): readonly string[] {
  const { migrations, binding, notChecked } = order;
  const all = migrations.flatMap(({ migration, class: kind, broken, needed, brokenNew }) => [
    `  ${migration}  ${WORDS[kind]}`,
    ...[...broken, ...brokenNew].flatMap((one) => [
      `    ${style.bad('✖')} ${one.revision}: ${placeOf(one)} ${one.message}`,
      ...codeFrame(one.source, one).map((line) => `    ${line}`),
    ]),
    ...needed.map((one) => `    ${style.dim('·')} ${placeOf(one)} needs it: ${one.message}`),
  ]);
  return migrations.length === 0
    ? [`${style.good('✔')} ${binding}: the deployed code has all migrations.`]
    : [
        `${binding}: ${plural(migrations.length, 'migration')} that the deployed code does not know`,
        ...all,
        ...notChecked.map(({ revision, count }) => style.warn(`! ${untold(revision, count)}`)),
        ...advice(order).map((line, index) =>
          index > 0
            ? `  ${line}`
            : `${order.migrateFirst === undefined ? style.bad('✖') : style.good('✔')} ${line}`,
        ),
      ];
}

/** The order as Markdown, for a pull request. */
export function orderMarkdown(order: DatabaseOrder): readonly string[] {
  const { migrations, notChecked, migrateFirst } = order;
  const conflicts = migrations.flatMap(({ migration, broken, needed, brokenNew }) => [
    ...[...broken, ...brokenNew].map((one) => rowOf(one, migration, 'breaks')),
    ...needed.map((one) => rowOf(one, migration, 'is needed by')),
  ]);
  return [
    ...markdownTable(
      ['Migration', 'Class'],
      migrations.map(({ migration, class: kind }) => [markdownCode(migration), WORDS[kind]]),
    ),
    '',
    ...(conflicts.length === 0
      ? []
      : [...markdownTable(['Migration', '', 'Code', 'Query', 'Without or with it'], conflicts), '']),
    ...notChecked.flatMap(({ revision, count }) => [`⚠️ ${markdownText(untold(revision, count))}`, '']),
    `${migrateFirst === undefined ? '❌' : '✅'} ${advice(order).map(markdownText).join(' ')}`,
  ];
}

const rowOf = (one: Conflict, migration: string, what: string): readonly string[] => [
  markdownCode(migration),
  what,
  markdownText(one.revision),
  markdownCode(placeOf(one)),
  markdownText(one.message),
];

const placeOf = ({ file, line, column }: Conflict): string => `${file}:${line}:${column}`;

const untold = (revision: string, count: number): string =>
  `${revision}: ${plural(count, 'query or file', 'queries or files')} could not be checked, and may break.`;

/** The order in words; where there is none, how to split the change. */
export function advice({ migrateFirst, migrations }: DeploymentOrder): readonly [string, ...string[]] {
  if (migrateFirst === undefined) return ['No order is safe.', ...HOW_TO_SPLIT];
  if (migrateFirst === migrations.length) return ['Migrate, then deploy.'];
  if (migrateFirst === 0) return ['Deploy, then migrate.'];
  return [`Migrate to ${migrations[migrateFirst - 1]?.migration}, deploy, then migrate the rest.`];
}

/** How a change goes out that no order makes safe. */
export const HOW_TO_SPLIT = [
  'Split the change: add what is new in one migration; deploy code that writes both and reads the old; copy the old values;',
  'deploy code that reads the new; take the old away in a last migration.',
] as const;

/** The order for machines. */
export const orderDocument = ({
  binding,
  deployed,
  migrateFirst,
  migrations,
  notChecked,
}: DatabaseOrder) => ({
  binding,
  deployed,
  migrateFirst,
  notChecked,
  migrations: migrations.map(({ migration, class: kind, broken, needed, brokenNew }) => ({
    migration,
    class: kind,
    broken: broken.map(conflictDocument),
    needed: needed.map(conflictDocument),
    brokenNew: brokenNew.map(conflictDocument),
  })),
});

const conflictDocument = ({ revision, sql, message, ...place }: Conflict) => ({
  revision,
  at: placeOf({ revision, sql, message, ...place }),
  sql,
  message,
});
