import { commandLine } from 'd1-core/door';
import { describeError, errorDocument, plural, style, table } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import { announcements, isUnannounced } from 'd1-core/loss';
import { describeExamples, describeLosses, lossPhrase, type PlacedLoss } from '../loss/index.ts';
import type { ObjectChange } from './changes.ts';
import type { RehearsedMigration } from './rehearse-migration.ts';
import type { RehearseResult } from './rehearse.ts';

/** What a rehearsal found, for people. */
export function describeRehearsal(result: RehearseResult): readonly string[] {
  const { target, source, outcome, migrations } = result;
  const head = [
    describeTarget(target),
    `Rehearsed on a copy of ${source.name}.`,
    ...describeForeign(result),
    '',
  ];
  if (outcome === 'nothing-pending') return [...head, style.good('Nothing is pending.')];
  return [
    ...head,
    ...table(migrations.map((migration) => [`  ${signOf(migration)} ${migration.name}`, timeOf(migration)])),
    ...section('Schema', result.schemaChanges.map(describeChange)),
    ...section('Rows', describeRows(result)),
    ...section('Values that the statements change', describeIntended(result)),
    ...section(
      'Changed, though no statement is about them (foreign keys and triggers did it)',
      result.unaddressed.map((name) => style.warn(`  ${name}`)),
    ),
    ...section('Foreign keys that now point to no row', describeViolations(result)),
    ...section('Foreign keys that no row can satisfy', describeBrokenKeys(result)),
    ...section('Searches that do not find what is there any more', describeSearches(result)),
    ...section(
      'Tables of d1-migrate and wrangler that are not as they were',
      result.flaws.map((flaw) => style.bad(`  ${flaw}`)),
    ),
    ...section('Numbers that AUTOINCREMENT will give once more', describeSequences(result)),
    ...section(
      'Limits of D1',
      result.warnings.map((warning) => style.warn(`  ${warning}`)),
    ),
    '',
    ...describeOutcome(result),
  ];
}

function describeOutcome(result: RehearseResult): readonly string[] {
  const { outcome, error, migrations, durationMs } = result;
  if (outcome === 'failed') return describeError(error);
  if (outcome === 'lost-rows') {
    const losses = migrations.flatMap((migration) => migration.losses.filter(isUnannounced));
    return [
      style.bad(`✖ ${lossPhrase(losses)} would be lost, and nothing announces it.`),
      '',
      ...migrations.flatMap(describePlaces),
      ...describeExamples(migrations.flatMap(({ examples }) => examples)),
      ...describeRebuild(losses),
      'If they may go, announce it above the statement that they go with:',
      ...announcements(losses).map((line) => `  ${line}`),
    ];
  }
  if (outcome === 'broken') return describeBroken(result);
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    style.good(
      `${plural(migrations.length, 'migration')} rehearsed in ${seconds} s; no row is lost unannounced.`,
    ),
    ...(hasRows(result)
      ? []
      : [
          style.warn(
            'There were no rows to rehearse on: this shows that the SQL runs, and nothing of what it does to data.',
          ),
        ]),
    style.dim('Not checked: the load on the real database, and what is written to it from now on.'),
  ];
}

/** A file may be of any database, and of any time. */
const describeForeign = ({
  source: { kind, name },
  target: { environment },
}: RehearseResult): readonly string[] =>
  kind === 'database'
    ? []
    : [
        style.warn(
          `That is not the data of ${environment.name}.${
            environment.protected
              ? ` "migrate" takes it for a rehearsal only with --rehearsedOn=${name}.`
              : ''
          }`,
        ),
      ];

/** Whether there was anything that could have been lost. */
const hasRows = ({ tables }: RehearseResult): boolean => tables.some(({ before = 0 }) => before > 0);

function describeBroken({ violations, migrations, flaws }: RehearseResult): readonly string[] {
  const searches = migrations.flatMap(({ brokenSearches }) => brokenSearches);
  return [
    ...(flaws.length === 0
      ? []
      : [
          style.bad('✖ The migrations would change what d1-migrate and wrangler note of the database.'),
          'Only the tools write these tables: take the statements out, and the triggers that reach them.',
        ]),
    ...(violations.length === 0
      ? []
      : [
          style.bad(`✖ ${plural(violations.length, 'row')} would refer to rows that are not there.`),
          'Copy the parents with their keys, or delete or empty what refers to them in the same migration.',
        ]),
    ...searches.map(({ table: name }) => style.bad(`✖ ${name} would not find what is there.`)),
    ...(searches.some(({ fault }) => fault === 'out-of-step')
      ? [
          "Rebuild the index at the end of the migration: INSERT INTO <table> (<table>) VALUES ('rebuild'), or keep the rowids and let triggers follow.",
        ]
      : []),
    ...(searches.some(({ fault }) => fault === 'unusable')
      ? ['Make the FTS5 table again with content=<the new name>, and rebuild it.']
      : []),
  ];
}

/** Where rows go, with the statement. */
function describePlaces({ name, losses }: RehearsedMigration): readonly string[] {
  const places = losses.filter(isUnannounced).flatMap(({ table: lost, line, statement }) => {
    if (line === undefined) return [`  ${name}: ${lost}`];
    return [`  ${name}:${line}: ${statement} (${lost})`];
  });
  return places.length === 0 ? [] : [...places, ''];
}

/** A rebuild need not lose anything. */
function describeRebuild(losses: readonly PlacedLoss[]): readonly string[] {
  if (!losses.some(({ statement }) => /^drop\s+table\b/i.test(statement ?? ''))) return [];
  return [
    `If a table is rebuilt, "${commandLine('d1-migrate:rebuild-table', '<table>')}" writes it so that the tables that refer to it keep their rows.`,
  ];
}

const signOf = ({ outcome, losses, brokenSearches }: RehearsedMigration): string => {
  if (outcome === 'not-run') return style.dim('·');
  const isBad = outcome === 'failed' || losses.some(isUnannounced) || brokenSearches.length > 0;
  return isBad ? style.bad('✖') : style.good('✔');
};

const timeOf = ({ outcome, durationMs }: RehearsedMigration): string =>
  outcome === 'not-run' ? 'not run' : `${Math.round(durationMs)} ms`;

const describeChange = ({ change, kind, name }: ObjectChange): string => {
  const sign = { added: style.good('+'), removed: style.bad('-'), changed: style.warn('~') }[change];
  return `  ${sign} ${kind} ${name}`;
};

function describeRows({ tables, migrations }: RehearseResult): readonly string[] {
  const losses = migrations.flatMap((migration) => migration.losses);
  const lost = new Set(losses.map((loss) => loss.table));
  const changed = tables.filter(({ before, after, table: name }) => before !== after && !lost.has(name));
  const same = tables.length - changed.length - lost.size;
  const count = (rows: number | undefined) => (rows === undefined ? 'none' : String(rows));
  return [
    ...describeLosses(losses),
    ...table(
      changed.map(({ table: name, before, after }) => [`    ${name}`, `${count(before)} → ${count(after)}`]),
    ),
    ...(same > 0 ? [style.dim(`    ${plural(same, 'table')} with as many rows as before`)] : []),
  ];
}

/** As many as are of use. */
const SHOWN = 10;

function describeViolations({ violations }: RehearseResult): readonly string[] {
  const lines = violations
    .slice(0, SHOWN)
    .map(({ table: child, rowid, parent }) =>
      style.bad(`  ${child}${rowid === null ? '' : ` row ${rowid}`} → ${parent}`),
    );
  const more = violations.length - SHOWN;
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

const describeBrokenKeys = ({ brokenKeys }: RehearseResult): readonly string[] =>
  brokenKeys.map(({ table: child, parent, reason }) =>
    style.warn(`  ${child} → ${parent}: ${reason}; every row with a value in the key will be refused`),
  );

function describeSearches({ migrations }: RehearseResult): readonly string[] {
  const reasons = {
    'out-of-step': 'its index is of other rows, or other words',
    unusable: 'the table that it takes its text from is gone, or has another name',
  } as const;
  return migrations.flatMap(({ name, brokenSearches }) =>
    brokenSearches.map(({ table: search, fault }) =>
      style.bad(`  ${search} after ${name}: ${reasons[fault]}`),
    ),
  );
}

function describeIntended({ migrations }: RehearseResult): readonly string[] {
  return table(
    migrations.flatMap(({ intended }) =>
      intended.map(({ table: name, column, count }) => [`    ${name}.${column}`, plural(count, 'value')]),
    ),
  );
}

const describeSequences = ({ migrations }: RehearseResult): readonly string[] =>
  migrations.flatMap(({ lowerSequences }) =>
    lowerSequences.map(({ table: name, before, after }) =>
      style.warn(`  ${name}: the highest was ${before}, and is ${after}`),
    ),
  );

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', style.bold(title), ...lines];

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
