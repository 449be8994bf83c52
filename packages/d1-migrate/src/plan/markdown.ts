import {
  markdownBlock,
  markdownCode as code,
  markdownTable as table,
  markdownText,
  plural,
} from 'd1-core/report';
import { maskSecrets } from 'd1-core/errors';
import { isUnannounced, type Loss } from 'd1-core/loss';
import type { RehearseResult } from '../rehearse/index.ts';
import type { PlannedMigration } from '../approval/index.ts';
import { queriesMarkdown } from '../queries/index.ts';
import type { Plan } from './plan.ts';

/** A plan as Markdown, for a pull request or the summary of a job. */
export function planMarkdown(plan: Plan): string {
  const { state, problems, queries, rehearsal } = plan;
  const ready = problems.length === 0;
  const lines = [
    `## D1 plan: ${markdownText(state.environment)}, ${headline(plan)}`,
    '',
    subject(plan),
    '',
    ...problems.flatMap(({ message }) => [`> ❌ ${markdownText(message)}`, '']),
    ...(state.migrations.length === 0 ? [] : [...migrationTable(plan), '']),
    ...(queries === undefined ? [] : section('Code and schema', queriesMarkdown(queries))),
    ...(rehearsal === undefined ? [] : rehearsalLines(rehearsal)),
    ...findingLines(plan),
    ...(ready ? footer(plan) : []),
  ];
  return maskSecrets(`${lines.join('\n').trimEnd()}\n`);
}

function headline({ state, problems }: Plan): string {
  if (problems.length > 0) return 'must not be applied';
  return state.migrations.length === 0
    ? 'nothing is pending'
    : `${plural(state.migrations.length, 'migration')} to apply`;
}

function subject({ origin, state, bookmark }: Plan): string {
  const { name, binding, id } = state.database;
  const from = [
    ...(origin.commit === null ? [] : [`commit ${code(origin.commit.slice(0, 10))}`]),
    ...(origin.branch === null ? [] : [`branch ${code(origin.branch)}`]),
  ];
  return [
    `Database ${code(name ?? binding)} (binding ${code(binding)}${id === null ? '' : `, id ${code(id)}`}).`,
    `Made ${origin.time} by ${markdownText(origin.actor ?? 'somebody')}${from.length === 0 ? '' : ` from ${from.join(', ')}`}.`,
    ...(bookmark === null ? [] : [`Bookmark then: ${code(bookmark)}.`]),
  ].join(' ');
}

function migrationTable({ state, rehearsal }: Plan): readonly string[] {
  const rehearsed = new Map(rehearsal?.migrations.map((migration) => [migration.name, migration]));
  return table(
    ['Migration', 'Rehearsed', 'Way back'],
    state.migrations.map((migration) => {
      const one = rehearsed.get(migration.name);
      const time = one?.outcome === 'passed' ? `✅ ${Math.round(one.durationMs)} ms` : '';
      return [
        code(migration.name),
        one?.outcome === 'failed' ? '❌ failed' : time === '' ? 'not run' : time,
        wayBack(migration),
      ];
    }),
  );
}

function wayBack({ rollback: { class: kind, loses } }: PlannedMigration): string {
  switch (kind) {
    case 'exact':
      return 'exact: schema and data come back';
    case 'schema-only':
      return `schema only; not as before: ${markdownText(loses.join('; '))}`;
    case 'irreversible':
      return '⚠️ none by a script: only the bookmark or an archive';
    case 'none':
      return '⚠️ no rollback script';
    case 'not-proved':
      return '⚠️ the rollback script is not proved for this text';
  }
}

function rehearsalLines(rehearsal: RehearseResult): readonly string[] {
  const { source, schemaChanges, error, unaddressed, violations, brokenKeys, warnings, flaws, migrations } =
    rehearsal;
  const signs = { added: '➕', removed: '➖', changed: '✏️' } as const;
  return [
    `Rehearsed on a copy of ${markdownText(source.name)}.${source.kind === 'file' ? ' ⚠️ That is not the data of the environment.' : ''}`,
    '',
    ...(error === undefined ? [] : [...markdownBlock('', [error.message, ...error.notes]), '']),
    ...section(
      'Schema',
      schemaChanges.map(({ change, kind, name }) => `- ${signs[change]} ${change}: ${kind} ${code(name)}`),
    ),
    ...section('Rows', rowLines(rehearsal)),
    ...section(
      'Values that the statements change',
      migrations.flatMap(({ intended }) =>
        intended.map(
          ({ table: name, column, count }) => `- ${code(`${name}.${column}`)}: ${plural(count, 'value')}`,
        ),
      ),
    ),
    ...section(
      'Changed, though no statement is about them',
      unaddressed.map((name) => `- ⚠️ ${code(name)} (by a foreign key or a trigger)`),
    ),
    ...section(
      'Foreign keys that now point to no row',
      violations.length === 0 ? [] : [`- ❌ ${plural(violations.length, 'row')}`],
    ),
    ...section(
      'Foreign keys that no row can satisfy',
      brokenKeys.map(
        ({ table: child, parent, reason }) =>
          `- ⚠️ ${code(child)} → ${code(parent)}: ${markdownText(reason)}`,
      ),
    ),
    ...section(
      'Searches that do not find what is there any more',
      migrations.flatMap(({ name, brokenSearches }) =>
        brokenSearches.map(({ table: search }) => `- ❌ ${code(search)} after ${code(name)}`),
      ),
    ),
    ...section(
      'Tables of d1-migrate and wrangler that are not as they were',
      flaws.map((flaw) => `- ❌ ${markdownText(flaw)}`),
    ),
    ...section(
      'Limits of D1',
      warnings.map((warning) => `- ⚠️ ${markdownText(warning)}`),
    ),
  ];
}

function rowLines({ tables, migrations }: RehearseResult): readonly string[] {
  const losses = Map.groupBy(
    migrations.flatMap((migration) => migration.losses),
    (loss) => loss.table,
  );
  const changed = tables.filter(({ table: name, before, after }) => before !== after || losses.has(name));
  const same = tables.length - changed.length;
  const rows = changed.map(({ table: name, before, after }) => [
    code(name),
    String(before ?? 'none'),
    String(after ?? 'none'),
    (losses.get(name) ?? []).map(remark).join('; '),
  ]);
  const others = same === 0 ? [] : [`${plural(same, 'table')} with as many rows as before.`];
  if (rows.length === 0) return others;
  return [...table(['Table', 'Before', 'After', ''], rows), ...(others.length === 0 ? [] : ['', ...others])];
}

function remark(loss: Loss): string {
  const what = {
    rows: '',
    values: `${plural(loss.count, 'value')} of ${code(loss.column ?? '')} `,
    twice: `${plural(loss.count, 'row')} twice, `,
    unplanned: '',
  }[loss.what];
  return isUnannounced(loss)
    ? `❌ ${what}${loss.what === 'twice' ? '' : 'lost, and '}not announced`
    : `${what}announced: ${markdownText(loss.reason ?? '')}`;
}

const findingLines = ({ findings, state }: Plan): readonly string[] =>
  state.migrations.length === 0
    ? []
    : findings.length === 0
      ? ['### Lint', '', 'No findings.', '']
      : section(
          'Lint',
          table(
            ['', 'Where', 'Rule', 'Finding'],
            findings.map(({ severity, file, line, rule, message }) => [
              { error: '❌', warning: '⚠️', info: 'ℹ️' }[severity],
              code(`${file}:${line}`),
              code(rule),
              markdownText(message),
            ]),
          ),
        );

const footer = ({ state }: Plan): readonly string[] =>
  state.migrations.length === 0
    ? []
    : ['Not checked: the load on the real database, and what is written to it from now on.'];

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`### ${title}`, '', ...lines, ''];
