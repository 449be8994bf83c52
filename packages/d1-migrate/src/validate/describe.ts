import { plural, style } from 'd1-core/report';
import { relative } from 'node:path';
import type { Problem } from './problem.ts';
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
    ...describeMissing(problems),
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

const isShown = ({ code }: Problem): boolean => code !== 'no-rollback-script';

/** One line for all of them: an old history has hundreds. */
function describeMissing(problems: readonly Problem[]): readonly string[] {
  const missing = problems.filter((problem) => !isShown(problem)).length;
  if (missing === 0) return [];
  const what = missing === 1 ? 'One migration has' : `${missing} migrations have`;
  return [`${style.warn('warning')} ${what} no rollback script.`, '  Fix: nx g d1-migrate:rollback', ''];
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
