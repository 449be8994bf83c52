import { commandLine } from 'd1-core/door';
import { relative, sep } from 'node:path';
import { STATE_WORDS } from 'd1-core/migrations';
import { plural, style } from 'd1-core/report';
import type { Problem } from './problems.ts';
import type { ValidateResult } from './validate.ts';

/** The result as lines for people. */
export function describeValidation(result: ValidateResult, workspaceRoot: string): readonly string[] {
  const { migrations, problems, unchecked, schema } = result;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const count = (rollback: string) =>
    migrations.filter((migration) => migration.rollback === rollback).length;
  const ways = (['exact', 'schema-only', 'irreversible', 'not-proved', 'none'] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${WAYS[kind]}`);
  return [
    ...problems.filter(isShown).flatMap((problem) => describeProblem(problem, workspaceRoot)),
    ...describeTogether(problems),
    ...(unchecked.length === 0 ? [] : ['Not checked:', ...unchecked.map((one) => `  ${one}`), '']),
    `${plural(migrations.length, 'migration')}: run on an empty database and on one with rows.`,
    ...(ways.length === 0 ? [] : [`Ways back: ${ways.join(', ')}.`]),
    ...(schema === 'written' ? ['The schema file was written.'] : []),
    errors === 0 ? style.good('The migrations are valid.') : style.bad(`${plural(errors, 'error')}.`),
  ];
}

const WAYS = {
  exact: 'exact',
  'schema-only': 'without all data',
  irreversible: 'irreversible',
  'not-proved': 'not proved',
  none: 'without a script',
} as const;

/** What an old history, or one before an upgrade, has in every file: one line says it for all. */
const TOGETHER = {
  'no-rollback-script': {
    severity: 'warning',
    one: 'One migration has no rollback script.',
    many: 'migrations have no rollback script.',
  },
  'rollback-unproved': {
    severity: 'error',
    one: `One rollback script ${STATE_WORDS.unproved}.`,
    many: 'rollback scripts are not proved with this version of d1-migrate and wrangler.',
  },
} as const;

const isTogether = (code: string): code is keyof typeof TOGETHER => Object.hasOwn(TOGETHER, code);

const isShown = ({ code }: Problem): boolean => !isTogether(code);

function describeTogether(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(({ code }) => code))].filter(isTogether).flatMap((code) => {
    const { severity, one, many } = TOGETHER[code];
    const count = problems.filter((problem) => problem.code === code).length;
    const sign = severity === 'error' ? style.bad('error') : style.warn('warning');
    return [
      `${sign} ${count === 1 ? one : `${count} ${many}`}`,
      `  Fix: ${commandLine('d1-migrate:rollback-script')}`,
      '',
    ];
  });
}

function describeProblem(
  { severity, message, fix, file, line }: Problem,
  workspaceRoot: string,
): readonly string[] {
  const place = `${relative(workspaceRoot, file)}${line === undefined ? '' : `:${line}`}`;
  return [
    `${severity === 'error' ? style.bad('error') : style.warn('warning')} ${style.link(place)}`,
    `  ${message}`,
    `  Fix: ${fix}`,
    '',
  ];
}

/** The result for machines: no time in it, so that equal migrations give equal documents. */
export function validateDocument(result: ValidateResult, workspaceRoot: string): object {
  const { migrations, problems, unchecked, schema } = result;
  return {
    migrations,
    problems: problems.map(({ file, line, ...problem }) => ({
      ...problem,
      file: relative(workspaceRoot, file).split(sep).join('/'),
      line: line ?? null,
    })),
    unchecked,
    schema,
  };
}
