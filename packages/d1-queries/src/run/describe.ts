import { relative, sep } from 'node:path';
import {
  codeFrame,
  githubAnnotation,
  markdownBlock,
  markdownCode,
  markdownTable,
  markdownText,
  plural,
  style,
} from 'd1-core/report';
import type { QueryFinding } from '../check/index.ts';
import type { Place } from '../find/index.ts';
import type { WorkerCheck } from './check-worker.ts';

/** Limits of a check, above which it fails. */
export interface Limits {
  readonly maxScans: number | undefined;
  readonly maxDynamic: number | undefined;
}

/** What a place is called: relative to a folder, with `/`. */
export const placeText = ({ file, line, column }: Place, root: string): string =>
  `${relative(root, file).split(sep).join('/')}:${line}:${column}`;

/** A check as lines for people. */
export function describeCheck(check: WorkerCheck, root: string, limits: Limits): readonly string[] {
  const { found, findings, failures, queries, impossible } = check;
  return [
    ...failures.flatMap(({ migration, message }) => [
      `${style.bad('✖')} The migration ${migration} fails on an empty database (${message}): what it would make is not there.`,
      '',
    ]),
    ...findings.flatMap((finding) => [...describeFinding(finding, root), '']),
    ...found.unread.map(
      ({ place, message }) => `${style.bad('✖')} ${placeText(place, root)} was not read: ${message}.`,
    ),
    ...found.dynamic.map(
      ({ place, code, why }) =>
        `${style.warn('!')} ${placeText(place, root)} is not checked: ${code} · ${why}.`,
    ),
    ...found.builders.map(
      ({ place, package: name }) =>
        `${style.warn('!')} ${placeText(place, root)} is not checked: ${name} makes its SQL when it runs. recordQueries of d1-queries/worker records it.`,
    ),
    ...describeScans(check, root, limits),
    summary(check),
    ...(impossible > 0
      ? [
          style.dim(
            `${plural(impossible, 'form')} of queries that can never be made ${impossible === 1 ? 'was' : 'were'} left out.`,
          ),
        ]
      : []),
    ...(queries.some(({ query }) => query.isSome)
      ? [
          style.dim(
            'Some queries have too many optional parts to try all of their forms: each part was tried at least once.',
          ),
        ]
      : []),
    ...untold(check),
  ];
}

function describeFinding(
  { severity, message, help, since, place, source, bindings }: QueryFinding,
  root: string,
): readonly string[] {
  const mark = severity === 'error' ? style.bad('✖') : style.warn('!');
  const where = bindings.length > 1 ? ` (${bindings.join(', ')})` : '';
  return [
    `${mark} ${placeText(place, root)} ${message}${where}`,
    ...codeFrame(source, place),
    ...(since === undefined ? [] : [`  It fails from ${since} on.`]),
    ...(help === undefined ? [] : [`  ${help}`]),
  ];
}

function describeScans({ queries }: WorkerCheck, root: string, { maxScans }: Limits): readonly string[] {
  const scanning = queries.filter(({ scans }) => scans.length > 0);
  if (scanning.length === 0) return [];
  const isTooMany = maxScans !== undefined && scanning.length > maxScans;
  const lines = scanning.flatMap(({ query, scans }) =>
    scans.map(
      ({ table, index }) =>
        `  ${placeText(query.place, root)} reads all of ${table}${index === undefined ? '' : `; it would not with: ${index}`}`,
    ),
  );
  return [
    `${isTooMany ? style.bad('✖') : style.dim('·')} ${plural(scanning.length, 'query reads', 'queries read')} a whole table${isTooMany ? `, and ${maxScans} may` : ''}. D1 bills rows that are read.`,
    ...new Set(lines),
    '',
  ];
}

/** Several forms of one call are one query. */
const callsOf = ({ found }: WorkerCheck): number =>
  new Set(found.queries.map(({ call, place }) => `${call.file}:${call.line}:${call.column}:${place.line}`))
    .size;

function summary(check: WorkerCheck): string {
  const isBad = check.found.unread.length > 0 || check.findings.some(({ severity }) => severity === 'error');
  return `${isBad ? style.bad('✖') : style.good('✔')} ${counts(check)}`;
}

function counts(check: WorkerCheck): string {
  const { found, findings } = check;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const forms = found.queries.length > callsOf(check) ? ` in ${found.queries.length} forms` : '';
  return `${plural(callsOf(check), 'query', 'queries')}${forms} in ${plural(found.files.length, 'file')}: ${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')}, ${found.dynamic.length + found.builders.length} not checked.`;
}

function untold({ queries, worker }: WorkerCheck): readonly string[] {
  const count = queries.filter(({ query }) => query.bindings.length === 0).length;
  if (count === 0 || worker.databases.length < 2) return [];
  const names = worker.databases.map(({ binding }) => binding).join(', ');
  return [
    style.dim(
      `Of ${plural(count, 'query', 'queries')} the source does not tell which database is asked: tried on ${names}.`,
    ),
  ];
}

/** A check for machines. Paths are relative to the root. */
export const checkDocument = (check: WorkerCheck, root: string) => ({
  main: relative(root, check.worker.main).split(sep).join('/'),
  files: check.found.files.length,
  failures: check.failures,
  findings: check.findings.map(({ severity, code, message, help, since, place, query, bindings }) => ({
    severity,
    code,
    message,
    help,
    since,
    ...placeOf(place, root),
    sql: query.sql,
    bindings,
  })),
  queries: check.queries.map(({ query, bindings, tables, plan, scans }) => ({
    ...placeOf(query.place, root),
    sql: query.sql,
    bindings,
    tables,
    plan,
    scans,
  })),
  notChecked: [
    ...check.found.dynamic.map(({ place, code, why }) => ({ ...placeOf(place, root), code, why })),
    ...check.found.builders.map(({ place, package: name }) => ({
      ...placeOf(place, root),
      code: name,
      why: 'it makes SQL when it runs',
    })),
  ],
  unread: check.found.unread.map(({ place, message }) => ({ ...placeOf(place, root), message })),
});

const placeOf = (place: Place, root: string) => ({
  file: relative(root, place.file).split(sep).join('/'),
  line: place.line,
  column: place.column,
});

/** A page in Markdown: all queries by table, with their plans. */
export function reportPage(checks: readonly WorkerCheck[], root: string): string {
  const lines = checks.flatMap((check) => [
    `# Queries of ${markdownText(relative(root, check.worker.main).split(sep).join('/'))}`,
    '',
    counts(check),
    '',
    ...tablesSection(check, root),
    ...notChecked(check, root),
  ]);
  return `${lines.join('\n').trimEnd()}\n`;
}

function tablesSection({ queries }: WorkerCheck, root: string): readonly string[] {
  const byTable = new Map<string, typeof queries>();
  for (const one of queries)
    for (const table of one.tables.length === 0 ? ['No table'] : new Set(one.tables))
      byTable.set(table, [...(byTable.get(table) ?? []), one]);
  return [...byTable]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([table, own]) => [
      `## ${markdownText(table)}`,
      '',
      ...own.flatMap(({ query, plan, scans }) => [
        `${markdownCode(placeText(query.place, root))}${scans.some((scan) => scan.table === table) ? ' reads the whole table' : ''}`,
        '',
        ...markdownBlock('sql', query.sql.trim().split(/\r?\n/)),
        '',
        ...(plan.length === 0 ? [] : [...markdownBlock('text', plan), '']),
        ...scans.flatMap(({ index }) =>
          index === undefined ? [] : [`It would not with ${markdownCode(index)}`, ''],
        ),
      ]),
    ]);
}

function notChecked({ found }: WorkerCheck, root: string): readonly string[] {
  const rows = [
    ...found.dynamic.map(({ place, code, why }) => [
      markdownCode(placeText(place, root)),
      markdownCode(code),
      markdownText(why),
    ]),
    ...found.builders.map(({ place, package: name }) => [
      markdownCode(placeText(place, root)),
      markdownCode(name),
      'it makes SQL when it runs',
    ]),
  ];
  return rows.length === 0
    ? []
    : ['## Not checked', '', ...markdownTable(['Where', 'What', 'Why'], rows), ''];
}

/** How a check ends: 1 for what does not work or is too much, 3 where a part was not looked at. */
export function exitCodeOf(checks: readonly WorkerCheck[], { maxScans, maxDynamic }: Limits): 0 | 1 | 3 {
  const isBad = checks.some(
    ({ findings, failures, queries, found }) =>
      failures.length > 0 ||
      findings.some(({ severity }) => severity === 'error') ||
      (maxScans !== undefined && queries.filter(({ scans }) => scans.length > 0).length > maxScans) ||
      (maxDynamic !== undefined && found.dynamic.length + found.builders.length > maxDynamic),
  );
  if (isBad) return 1;
  return checks.some(({ found }) => found.unread.length > 0) ? 3 : 0;
}

/** Findings where GitHub shows them: in the diff of a pull request. */
export const annotations = (checks: readonly WorkerCheck[]): string =>
  checks
    .flatMap(({ findings }) => findings)
    .map(({ severity, message, help, place }) =>
      githubAnnotation(severity, [message, ...(help === undefined ? [] : [help])].join('\n'), place),
    )
    .join('\n');
