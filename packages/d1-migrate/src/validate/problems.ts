import { commandLine } from 'd1-core/door';
import {
  fileFindings,
  readMigration,
  type RollbackScript,
  scriptState,
  type ScriptState,
  STATE_WORDS,
} from 'd1-core/migrations';
import type { Tokenize } from 'd1-core/sql';
import type { StepProof } from '../prove/index.ts';
import type { MigrationStep } from '../replay/index.ts';

/** Something that is wrong with a migration, its rollback script, or what they give. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  /** What helps: a command, or what to write. */
  readonly fix: string;
  readonly file: string;
  /** From 1. */
  readonly line: number | undefined;
}

/** What in the text of a migration makes wrangler run something else than SQLite reads, or nothing. */
export const textProblems = ({ file }: MigrationStep, tokenize: Tokenize): readonly Problem[] =>
  fileFindings(readMigration(file), tokenize).flatMap(({ severity, code, message, fix, location }) =>
    severity === 'error' ? [{ severity, code, message, fix, file: file.path, line: location?.line }] : [],
  );

/** What is wrong with a rollback script before it is run. */
export function scriptProblems(
  { file, checksum }: MigrationStep,
  script: RollbackScript | undefined,
  wrangler: string,
): readonly Problem[] {
  if (script === undefined) {
    return [
      {
        severity: 'warning',
        code: 'no-rollback-script',
        message: `${file.name} has no rollback script.`,
        fix: `${commandLine('d1-migrate:rollback-script', file.name)}`,
        file: file.path,
        line: undefined,
      },
    ];
  }
  const directives = script.problems.map(({ message, fix, location, code }): Problem => ({
    severity: 'error',
    code,
    message,
    fix,
    file: script.path,
    line: location?.line,
  }));
  const state = scriptState(script, checksum, wrangler);
  return state === 'current' ? directives : [...directives, unusableScript(file.name, script, state)];
}

const unusableScript = (
  name: string,
  script: RollbackScript,
  state: Exclude<ScriptState, 'current'>,
): Problem => ({
  severity: 'error',
  code: `rollback-${state}`,
  message: `The rollback script of ${name} ${STATE_WORDS[state]}.`,
  fix:
    state === 'stale'
      ? `Check whether it still fits, then: ${commandLine('d1-migrate:rollback-script', name)} (proves it and renews its header; --overwrite writes a new one)`
      : `${commandLine('d1-migrate:rollback-script', name)} proves it and writes its header.`,
  file: script.path,
  line: 1,
});

/** What came out when a migration and its script were run on rows. */
export function proofProblems(
  { step, withRows, rollback }: StepProof,
  script: RollbackScript | undefined,
): readonly Problem[] {
  const { path } = step.file;
  const problems: Problem[] = [];
  if (withRows.outcome === 'failed') {
    problems.push({
      severity: 'error',
      code: 'fails-with-rows',
      message: `It runs on empty tables and fails on tables with rows: ${withRows.failure.message}.`,
      fix: `"${commandLine('d1-lint:lint')}" shows the form that works for a column that is added to rows.`,
      file: path,
      line: withRows.failure.line,
    });
  }
  if (withRows.outcome === 'refused') {
    problems.push({
      severity: 'warning',
      code: 'refused-by-rows',
      message: `It fails where rows break a constraint, as the rows of the proof do: ${withRows.failure.message}.`,
      fix: `Find out with "${commandLine('d1-migrate:plan')}" whether the rows of your databases do.`,
      file: path,
      line: withRows.failure.line,
    });
  }
  if (rollback.outcome === 'failed') {
    problems.push({
      severity: 'error',
      code: 'rollback-wrong',
      message: `The rollback script of ${step.file.name} is wrong: ${rollback.reason}.`,
      fix: `Correct it, or have it written: ${commandLine('d1-migrate:rollback-script', step.file.name, '--overwrite')}`,
      file: script?.path ?? path,
      line: undefined,
    });
  }
  return problems;
}
