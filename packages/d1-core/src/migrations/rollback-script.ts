import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitStatements, statementText, type Tokenize } from '../sql/index.ts';
import { type Directive, type RollbackClass, type DirectiveProblem, readDirectives } from './directives.ts';
import type { MigrationFile } from './list-migrations.ts';
import { checksums } from './read-migration.ts';

/** What stays in a table that a script leaves as it is, for people. */
export const KEPT_ROWS = 'rows that the migration may have added';

/** The folder of the rollback scripts, inside the migrations folder: wrangler does not look into it. */
export const ROLLBACK_FOLDER = 'rollback';

/** Where the rollback script of a migration is, or would be: `migrations/rollback/<same name>`. */
export function rollbackScriptPath({ name, path }: MigrationFile): string {
  const folder = path.slice(0, path.length - name.length);
  return join(folder, ROLLBACK_FOLDER, name);
}

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
  /** Tables in which rows stay that were not there before the migration. */
  readonly kept: readonly string[];
  /** By which proof it was found true; undefined where it does not say. */
  readonly proof: ProofMark | undefined;
  /** Whether script and header are those that were proved. */
  readonly isAsProved: boolean;
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
  const undoes = directives.find((one) => one.name === 'undoes');
  const kind = directives.find((one) => one.name === 'class')?.class;
  const losses = directives.filter((one) => one.name === 'loses');
  const kept = directives.filter((one) => one.name === 'leaves').map(({ table }) => table);
  const proof = directives.find((one) => one.name === 'proof');
  return {
    path,
    text,
    statements: splitStatements(tokenize(text)).map((statement) => statementText(text, statement)),
    undoes,
    class: kind,
    losses,
    kept,
    proof,
    isAsProved:
      proof !== undefined &&
      undoes !== undefined &&
      kind !== undefined &&
      isUntouched(proof, { undoes, class: kind, losses, kept, text }, tokenize),
    problems,
  };
}

/**
 * Whether what a script says of itself can be relied on. `unsigned`: it does not say for which migration it is, or of
 * which class. `stale`: its migration was another one. `unproved`: it bears no proof, or one of another version.
 * `edited`: it is not what was proved.
 */
export type ScriptState = 'current' | 'stale' | 'unsigned' | 'unproved' | 'edited';

/** `checksum` is that of the migration; without the version of wrangler its proof may be by any. */
export function scriptState(
  { undoes, class: kind, proof, isAsProved }: RollbackScript,
  checksum: string,
  wrangler?: string,
): ScriptState {
  if (undoes === undefined || kind === undefined) return 'unsigned';
  if (undoes.checksum !== checksum) return 'stale';
  if (proof === undefined || !holdsWith(proof, wrangler)) return 'unproved';
  return isAsProved ? 'current' : 'edited';
}

/** The class of a script, as far as a proof stands for it. */
export function provedClass(
  script: RollbackScript,
  checksum: string,
  wrangler?: string,
): RollbackClass | 'not-proved' {
  const isProved = script.problems.length === 0 && scriptState(script, checksum, wrangler) === 'current';
  return (isProved ? script.class : undefined) ?? 'not-proved';
}

/** What is wrong with a script, as the end of "The rollback script of … ". */
export const STATE_WORDS: Readonly<Record<Exclude<ScriptState, 'current'>, string>> = {
  unsigned: 'does not say what it undoes, or of which class it is',
  stale: 'was written for another version of the migration',
  unproved: 'is not proved with this version of d1-migrate and wrangler',
  edited: 'was changed after it was proved',
};

/**
 * How scripts are proved. It grows when a proof begins to look at more: what an older one has found true has to be proved
 * again then.
 */
const PROOF_METHOD = 1;

/** The mark by which a script's header says that it was proved, and with what. */
export type ProofMark = Omit<Extract<Directive, { readonly name: 'proof' }>, 'line' | 'statement' | 'name'>;

/** What does not come back when a migration is rolled back. */
export interface Loss {
  readonly table: string;
  /** Undefined for whole rows. */
  readonly column: string | undefined;
  readonly what: string;
}

/** What a proof is bound to, besides its own method and the version of wrangler. */
interface ProvedContent {
  /** The migration, and the checksum of its tokens. */
  readonly undoes: { readonly file: string; readonly checksum: string };
  readonly class: RollbackClass;
  readonly losses: readonly Loss[];
  readonly kept: readonly string[];
  /** Of the script. Comments and white space make no difference. */
  readonly text: string;
}

export function proofMark(content: ProvedContent, wrangler: string, tokenize: Tokenize): ProofMark {
  const mark = { method: PROOF_METHOD, wrangler };
  return { ...mark, checksum: markChecksum(mark, content, tokenize) };
}

export const proofLine = ({ method, wrangler, checksum }: ProofMark): string =>
  `-- d1-migrate: proof ${method} by wrangler ${wrangler} ${checksum}`;

/** Whether nothing that the mark is bound to has been edited since. */
const isUntouched = (mark: ProofMark, content: ProvedContent, tokenize: Tokenize): boolean =>
  mark.checksum === markChecksum(mark, content, tokenize);

/** Whether a proof holds for this d1-migrate, and for a wrangler of this version. Major versions may differ in their SQL. */
const holdsWith = ({ method, wrangler }: ProofMark, present: string | undefined): boolean =>
  method === PROOF_METHOD && (present === undefined || majorOf(wrangler) === majorOf(present));

const majorOf = (version: string): string | undefined => version.split('.')[0];

function markChecksum(
  { method, wrangler }: Pick<ProofMark, 'method' | 'wrangler'>,
  { undoes, class: kind, losses, kept, text }: ProvedContent,
  tokenize: Tokenize,
): string {
  const parts = [
    method,
    wrangler,
    undoes.file,
    undoes.checksum,
    kind,
    losses.map(({ table, column, what }) => [table, column ?? null, what]),
    kept,
    checksums(Buffer.from(text), tokenize).tokens,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
