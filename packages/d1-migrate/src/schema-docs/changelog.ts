import { provedClass, readMigration, readRollbackScript, scriptState } from 'd1-core/migrations';
import { markdownCode as code, markdownText, plural } from 'd1-core/report';
import { diffSchemas, type Schema, type Table, tableDetails } from 'd1-core/schema';
import { foldName, sameName, type Tokenize } from 'd1-core/sql';
import { type Lineage, type MigrationStep, traceLineage } from '../replay/index.ts';

const INTRODUCTION = [
  '# Changes of the schema',
  '',
  'What every migration does, the newest first. Written by `d1-migrate schema-docs`: do not change it by hand.',
];

/** The change log of the migrations, as Markdown; always the same for the same files. */
export function changelogText(steps: readonly MigrationStep[], tokenize: Tokenize): string {
  const sections = steps.toReversed().flatMap((step) => ['', ...section(step, tokenize)]);
  return `${[...INTRODUCTION, ...sections].join('\n')}\n`;
}

function section(step: MigrationStep, tokenize: Tokenize): readonly string[] {
  const { title, date } = headingOf(step);
  const { changes, risks } = wordsOf(step, tokenize);
  return [
    `## ${markdownText(step.file.name)}`,
    '',
    `${markdownText(title)}${date === undefined ? '' : ` (${date})`}.`,
    '',
    ...(changes.length === 0 ? ['- No change of the schema'] : changes.map((change) => `- ${change}`)),
    '',
    `**Risk:** ${risks.length === 0 ? 'no rows or values are touched' : risks.join('; ')}.`,
    `**Rollback:** ${rollbackOf(step, tokenize)}.`,
    ...(step.failure === undefined
      ? []
      : [
          '',
          `It does not run on an empty database: line ${step.failure.line}, ${markdownText(step.failure.message)}.`,
        ]),
  ];
}

/** From the comment at the top, else from the name of the file. */
function headingOf({ file }: MigrationStep): { readonly title: string; readonly date: string | undefined } {
  const { text } = readMigration(file);
  const [, title] = /^--[ \t]*Migration:[ \t]*(\S[^\r\n]*?)\.?[ \t]*$/im.exec(text) ?? [];
  const [, date] = /^--[ \t]*Generated:[ \t]*(\d{4}-\d\d-\d\d)/im.exec(text) ?? [];
  const words = file.name
    .replace(/\.sql$/, '')
    .replace(/^[\d\W_]+/, '')
    .replaceAll(/[_-]+/g, ' ');
  return { title: title ?? (words.charAt(0).toUpperCase() + words.slice(1) || file.name), date };
}

/** By whichever wrangler it was proved: the change log is the same on every machine. */
function rollbackOf({ file, checksum }: MigrationStep, tokenize: Tokenize): string {
  const script = readRollbackScript(file, tokenize);
  if (script === undefined) return 'no script';
  const state = scriptState(script, checksum);
  if (state === 'stale') return 'the script is for another version of the migration';
  const proved = provedClass(script, checksum);
  return proved === 'not-proved' ? 'a script that is not proved' : proved;
}

/** What a migration does, as Markdown: a line for each change. */
interface MigrationWords {
  readonly changes: readonly string[];
  /** What rows or values it takes away or alters. */
  readonly risks: readonly string[];
}

/** Says what a migration does to the schema, and to the rows that were there before it. */
function wordsOf(step: MigrationStep, tokenize: Tokenize): MigrationWords {
  const lineage = traceLineage(step.before, step.statements, tokenize);
  return {
    changes: [...tableWords(step, lineage), ...objectWords(step, tokenize), ...rowWords(lineage)],
    risks: riskWords(step, lineage),
  };
}

const isOrdinary = ({ storage }: Table): boolean => storage !== 'shadow';

function tableWords({ before, after }: MigrationStep, lineage: Lineage): readonly string[] {
  const made = after
    .tables()
    .filter((table) => isOrdinary(table) && lineage.predecessorOf(table.name) === undefined);
  const gone = before
    .tables()
    .filter((table) => isOrdinary(table) && lineage.successorOf(table.name) === undefined);
  const kept = before.tables().flatMap((was) => {
    const successor = lineage.successorOf(was.name);
    const now = after.table(successor?.after ?? '');
    if (successor === undefined || now === undefined) return [];
    const renamed = new Map(
      [...successor.columns]
        .filter(([column, { name }]) => column !== foldName(name))
        .map(([column, { name }]) => [column, name] as const),
    );
    const words = sameName(was.name, now.name)
      ? []
      : [`Table ${code(was.name)} renamed to ${code(now.name)}`];
    const details = tableDetails(was, now, renamed);
    return details.length === 0
      ? words
      : [...words, `Table ${code(now.name)}: ${details.map(asCode).join(', ')}`];
  });
  return [
    ...made.map(
      (table) => `New ${kindOf(table)} ${code(table.name)} with ${plural(table.columns.length, 'column')}`,
    ),
    ...kept,
    ...gone.map(
      (table) => `${kindOf(table) === 'table' ? 'Table' : 'Search index'} ${code(table.name)} dropped`,
    ),
  ];
}

const kindOf = ({ storage }: Table): string => (storage === 'virtual' ? 'search index' : 'table');

/** The name of a column stands after the first word. */
const asCode = (detail: string): string => {
  const [, name, rest = ''] = /^column ("(?:[^"]|"")*"|\S+)(.*)$/s.exec(detail) ?? [];
  return name === undefined ? markdownText(detail) : `column ${code(name)}${markdownText(rest)}`;
};

function objectWords({ before, after, statements }: MigrationStep, tokenize: Tokenize): readonly string[] {
  // What only follows a renamed table or column is no change of its own.
  const isMade = (name: string) =>
    statements.some(({ tree }) => sameName(tree?.createdName?.text ?? '', name));
  return diffSchemas(before, after, tokenize).flatMap(({ change, kind, name }) => {
    if (kind === 'table' || (change === 'changed' && !isMade(name))) return [];
    const table = tableOf(change === 'removed' ? before : after, kind, name);
    const on = table === undefined ? '' : ` on ${code(table)}`;
    const word = kind.charAt(0).toUpperCase() + kind.slice(1);
    switch (change) {
      case 'added':
        return [`New ${kind} ${code(name)}${on}`];
      case 'removed':
        return [`${word} ${code(name)}${on} dropped`];
      case 'changed':
        return [`${word} ${code(name)}${on} rebuilt`];
    }
  });
}

function tableOf(schema: Schema, kind: 'index' | 'view' | 'trigger', name: string): string | undefined {
  if (kind === 'view') return undefined;
  return kind === 'index' ? schema.index(name)?.table : schema.trigger(name)?.table;
}

function rowWords({ inserted, kept, captured }: Lineage): readonly string[] {
  const counts = new Map<string, number>();
  for (const { table } of inserted) counts.set(table, (counts.get(table) ?? 0) + 1);
  return [
    ...[...counts].map(([table, count]) => `${plural(count, 'row')} added to ${code(table)}`),
    ...kept.map((table) => `Rows added to ${code(table)} where they are missing`),
    ...captured.map(({ what, table, undo }) =>
      what === 'rows'
        ? `Rows of ${code(table)} deleted, and kept in ${code(undo)}`
        : `Values in ${code(table)} changed, and kept in ${code(undo)}`,
    ),
  ];
}

function riskWords({ before, after }: MigrationStep, lineage: Lineage): readonly string[] {
  const lost = before
    .tables()
    .filter(isOrdinary)
    .flatMap((table): readonly string[] => {
      const successor = lineage.successorOf(table.name);
      if (successor === undefined)
        return table.storage === 'virtual' ? [] : [`all rows of ${code(table.name)} go`];
      const gone = table.columns.filter(
        ({ name, generated }) => generated === 'no' && !successor.columns.has(foldName(name)),
      );
      const derived = [...successor.columns].filter(([, { derived }]) => derived);
      return [
        ...(successor.everyRow ? [] : [`rows of ${code(table.name)} that are not copied go`]),
        ...successor.actions.map(({ what }) => `${code(table.name)}: ${markdownText(what)}`),
        ...gone.map(({ name }) => `the values of ${code(`${table.name}.${name}`)} go`),
        ...derived.map(([, { name }]) => `the values of ${code(`${table.name}.${name}`)} are altered`),
        ...typeWords(table, after.table(successor.after), successor.columns),
      ];
    });
  return [
    ...new Set([...lost, ...lineage.changes.map(({ line, what }) => `line ${line}: ${markdownText(what)}`)]),
  ];
}

function typeWords(
  was: Table,
  now: Table | undefined,
  columns: ReadonlyMap<string, { readonly name: string }>,
): readonly string[] {
  return was.columns.flatMap(({ name, type }) => {
    const held = columns.get(foldName(name));
    const column = now?.columns.find((one) => held !== undefined && sameName(one.name, held.name));
    return column === undefined || column.type.toUpperCase() === type.toUpperCase()
      ? []
      : [`the values of ${code(`${was.name}.${name}`)} become ${markdownText(column.type || 'untyped')}`];
  });
}
