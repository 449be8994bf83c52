import { commandLine } from 'd1-core/door';
import { D1Error, nearest } from 'd1-core/errors';
import { type AppliedMigration, appliedTexts } from 'd1-core/records';
import {
  isCalled,
  type Loss,
  type MigrationFile,
  parseRollbackScript,
  readRollbackScript,
  type RollbackClass,
  type RollbackScript,
  rollbackScriptPath,
  scriptState,
  STATE_WORDS,
} from 'd1-core/migrations';
import type { Tokenize } from 'd1-core/sql';
import type { Survey } from '../survey/index.ts';
import { otherWays } from './other-ways.ts';

export interface Selection {
  /** How many; 1 where neither is given. */
  readonly steps?: number | undefined;
  /** The number or name of the migration that stays the last one; `0` for none. */
  readonly to?: string | undefined;
  /** The migration that is meant: nothing is rolled back where another one is the last. */
  readonly last?: string | undefined;
}

/** The migrations to roll back, the last applied one first. Throws what is wrong with the selection. */
export function selectMigrations(
  history: readonly AppliedMigration[],
  { steps, to, last }: Selection,
): readonly string[] {
  const names = history.map(({ name }) => name).reverse();
  if (last !== undefined && names[0] !== last) throw notTheLast(last, names);
  if (steps !== undefined && to !== undefined) {
    throw wrong('--steps and --to say the same thing in two ways.', 'Give one of them.');
  }
  if (to === undefined) {
    const count = steps ?? 1;
    if (!Number.isInteger(count) || count < 1)
      throw wrong(`--steps=${count} is not a number of migrations.`, '1 or more.');
    if (count > names.length && steps !== undefined) {
      throw wrong(
        `--steps=${count} is more than is applied.`,
        `${names.length} can be rolled back: --to=0 takes all.`,
      );
    }
    return names.slice(0, count);
  }
  if (/^0+$/.test(to)) return names;
  const at = names.findIndex((name) => isCalled(name, to));
  if (at >= 0) return names.slice(0, at);
  const meant = nearest(to, names);
  throw wrong(
    `The migration "${to}" is not applied here.`,
    meant === undefined ? `Applied: ${names.join(', ') || 'none'}.` : `Did you mean --to=${meant}?`,
  );
}

function notTheLast(name: string, [last, ...others]: readonly string[]): D1Error {
  const isApplied = others.includes(name);
  return new D1Error({
    code: isApplied ? 'not-the-last' : 'not-applied',
    message: isApplied
      ? `${name} is not the last migration here: ${last} was applied after it.`
      : `${name} is not applied here.`,
    fix: isApplied ? 'Roll back what was applied after it first.' : 'There is nothing to roll back.',
    notes: ['Nothing was changed.'],
  });
}

const wrong = (message: string, fix: string): D1Error =>
  new D1Error({ code: 'wrong-selection', message, fix, exitCode: 2 });

/** A script that may be run: it was proved as it is, for the migration as it was applied. */
export interface UsableScript {
  readonly name: string;
  /** Undefined where the file is not on this branch, and the script is that of the journal. */
  readonly path: string | undefined;
  readonly class: Exclude<RollbackClass, 'irreversible'>;
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Tables in which rows stay that were not there before the migration. */
  readonly kept: readonly string[];
}

/** The script that rolls a migration back. Throws why there is none, and what is possible instead. */
export function usableScript(survey: Survey, name: string, tokenize: Tokenize): UsableScript {
  const file = survey.files.find((one) => one.name === name);
  const applied = appliedTexts(survey.state).get(name)?.tokens;
  const script =
    (file === undefined ? undefined : readRollbackScript(file, tokenize)) ??
    journalScript(survey, name, tokenize);
  const fail = (code: string, message: string, fix: string) =>
    new D1Error({ code, message, fix, notes: otherWays(survey, name), exitCode: 1 });

  if (script === undefined)
    throw fail('no-rollback-script', `${name} has no rollback script.`, howToMake(file, name));
  const checksum =
    applied ?? (file === undefined ? undefined : survey.checksumsOf(name).tokens) ?? script.undoes?.checksum;
  const state = scriptState(script, checksum ?? '', survey.target.wrangler.version);
  const fault = script.problems[0]?.message;
  if (state === 'stale') {
    throw fail(
      'rollback-stale',
      `The rollback script of ${name} was written for another version of the migration than the one that is applied.`,
      'Check out the version that is applied, or write a migration that goes on from here.',
    );
  }
  if (state !== 'current' || fault !== undefined || script.class === undefined) {
    throw fail(
      state === 'edited' || state === 'unproved' ? `rollback-${state}` : 'rollback-unsigned',
      `The rollback script of ${name} ${state === 'current' ? 'was not proved' : STATE_WORDS[state]}${fault === undefined ? '' : `: ${fault}`}.`,
      howToProve(file, name),
    );
  }
  if (script.class === 'irreversible') {
    throw fail('irreversible', `${name} cannot be rolled back by a script.`, 'Its rollback script says why.');
  }
  const { class: kind, statements, losses, kept, path } = script;
  return { name, path: file === undefined ? undefined : path, class: kind, statements, losses, kept };
}

/** What `migrate` noted when it applied the migration. */
function journalScript({ state }: Survey, name: string, tokenize: Tokenize): RollbackScript | undefined {
  for (const { migration, detail } of state.journal.toReversed()) {
    if (migration !== name || detail === null) continue;
    const value: unknown = JSON.parse(detail);
    if (typeof value !== 'object' || value === null || !('rollback' in value)) continue;
    if (typeof value.rollback !== 'string') continue;
    return parseRollbackScript({ name, path: `journal: ${name}`, text: value.rollback }, tokenize);
  }
  return undefined;
}

const howToMake = (file: MigrationFile | undefined, name: string): string =>
  file === undefined
    ? `Check out the branch that has ${name} and its rollback script.`
    : `${commandLine('d1-migrate:rollback-script', name)} writes ${rollbackScriptPath(file)}, and proves it.`;

const howToProve = (file: MigrationFile | undefined, name: string): string =>
  file === undefined
    ? `Check out the branch that has ${name}, and prove its script there: ${commandLine('d1-migrate:rollback-script', name)}`
    : `${commandLine('d1-migrate:rollback-script', name)} proves it, and writes its header.`;
