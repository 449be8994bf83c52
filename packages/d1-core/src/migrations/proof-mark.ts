import { createHash } from 'node:crypto';
import type { Tokenize } from '../sql/index.ts';
import { checksums } from './checksums.ts';
import type { Directive, RollbackClass } from './directives-model.ts';

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
export interface ProvedContent {
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
export const isUntouched = (mark: ProofMark, content: ProvedContent, tokenize: Tokenize): boolean =>
  mark.checksum === markChecksum(mark, content, tokenize);

/** Whether a proof holds for this d1-migrate, and for a wrangler of this version. Major versions may differ in their SQL. */
export const holdsWith = ({ method, wrangler }: ProofMark, present: string | undefined): boolean =>
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
