import { createHash } from 'node:crypto';
import { isTrivia, type Tokenize } from '../sql/index.ts';

/** SHA-256 in lower-case hexadecimal. */
export interface Checksums {
  /** Of the file's bytes. */
  readonly raw: string;
  /** Of what the engine sees of it. */
  readonly tokens: string;
}

/**
 * Two checksums of a migration file. `raw` changes with every byte. `tokens` changes only with what the file does:
 * comments, white space, a byte order mark and the kind of line ends do not count. That holds for the line ends inside
 * string literals too: git may check a file out with other line ends than it was committed with, and that is no edit.
 * Upper and lower case count, because the engine keeps the text of CREATE statements.
 *
 * `tokens` is the hash of every token that matters, in order, each as its length in UTF-8 bytes, a colon, and its text.
 */
export function checksums(bytes: Uint8Array, tokenize: Tokenize): Checksums {
  const tokens = createHash('sha256');
  for (const token of tokenize(decode(bytes))) {
    if (isTrivia(token)) continue;
    const text = token.text.replaceAll('\r\n', '\n');
    tokens.update(`${Buffer.byteLength(text)}:${text}`);
  }
  return { raw: createHash('sha256').update(bytes).digest('hex'), tokens: tokens.digest('hex') };
}

/** The text as the engine gets it: without byte order mark, and with U+FFFD for what is not UTF-8. */
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
