import { existsSync, readFileSync } from 'node:fs';
import {
  readDirectives,
  rollbackScriptPath,
  type DirectiveProblem,
  type MigrationFile,
  type RollbackClass,
} from 'd1-core/migrations';
import { splitStatements, statementText, type Tokenize } from 'd1-core/sql';
import type { Loss } from '../invert/index.ts';

/** A rollback script, as its file says. */
export interface RollbackScript {
  readonly path: string;
  readonly text: string;
  /** Without semicolons. */
  readonly statements: readonly string[];
  /** What the script was written for; undefined where it does not say. */
  readonly undoes: { readonly file: string; readonly checksum: string } | undefined;
  /** Undefined where it does not say. */
  readonly class: RollbackClass | undefined;
  readonly losses: readonly Loss[];
  readonly problems: readonly DirectiveProblem[];
}

/** The rollback script of a migration; undefined where there is none. */
export function readRollbackScript(file: MigrationFile, tokenize: Tokenize): RollbackScript | undefined {
  const path = rollbackScriptPath(file);
  if (!existsSync(path)) return undefined;
  return parseRollbackScript({ name: file.name, path, text: readFileSync(path, 'utf8') }, tokenize);
}

export function parseRollbackScript(
  file: { readonly name: string; readonly path: string; readonly text: string },
  tokenize: Tokenize,
): RollbackScript {
  const { text, path } = file;
  const { directives, problems } = readDirectives(file, tokenize);
  return {
    path,
    text,
    statements: splitStatements(tokenize(text)).map((statement) => statementText(text, statement)),
    undoes: directives.find((one) => one.name === 'undoes'),
    class: directives.find((one) => one.name === 'class')?.class,
    losses: directives.filter((one) => one.name === 'loses'),
    problems,
  };
}

/** Whether a script was written for a migration as its file is now. `unsigned`: it does not say for which. */
export function scriptState(
  { undoes }: Pick<RollbackScript, 'undoes'>,
  checksum: string,
): 'current' | 'stale' | 'unsigned' {
  if (undoes === undefined) return 'unsigned';
  return undoes.checksum === checksum ? 'current' : 'stale';
}
