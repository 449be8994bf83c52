import { isUtf8 } from 'node:buffer';
import { isTrivia, lineIndex, splitStatements, type Token, type Tokenize } from '../sql/index.ts';
import type { FileFinding } from './finding.ts';
import { decode, type Migration } from './read-migration.ts';

export type ContentFindingCode =
  | 'invalid-utf8'
  | 'byte-order-mark'
  | 'crlf'
  | 'nul'
  | 'unterminated-comment'
  | 'unterminated-quote'
  | 'missing-semicolon'
  | 'transaction-words'
  | 'transaction-removed'
  | 'no-statements';

export interface ContentFinding extends FileFinding<ContentFindingCode> {
  /** The UTF-16 offset into the text, without byte order mark. */
  readonly at: number;
}

/** A finding before it knows its file. */
type Flaw = Pick<ContentFinding, 'code' | 'severity' | 'message' | 'fix' | 'at'>;

/**
 * Reports what in a file spoils its application, in the order of the text. Much of it comes from one habit of
 * wrangler: it appends the statement that records the migration to the file's text, and runs both as one.
 */
export function fileFindings(
  { name, path, bytes }: Pick<Migration, 'name' | 'path' | 'bytes'>,
  tokenize: Tokenize,
): readonly ContentFinding[] {
  const text = decode(bytes);
  const tokens = tokenize(text);
  const lines = lineIndex(text);
  return [
    byteOrderMark(bytes),
    invalidUtf8(bytes, text),
    carriageReturns(text),
    nul(text),
    unterminated(tokens.at(-1)),
    missingSemicolon(tokens),
    transactionWords(text, tokens),
    noStatements(tokens),
  ]
    .filter((flaw) => flaw !== undefined)
    .sort((a, b) => a.at - b.at)
    .map((flaw) => ({
      ...flaw,
      files: [name],
      location: { file: path, ...lines.positionAt(flaw.at) },
    }));
}

function byteOrderMark(bytes: Uint8Array): Flaw | undefined {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return undefined;
  return {
    code: 'byte-order-mark',
    severity: 'warning',
    message: 'The file begins with a byte order mark, which other tools take for a part of the first word.',
    fix: 'Save it as UTF-8 without byte order mark.',
    at: 0,
  };
}

function invalidUtf8(bytes: Uint8Array, text: string): Flaw | undefined {
  if (isUtf8(bytes)) return undefined;
  return {
    code: 'invalid-utf8',
    severity: 'error',
    message: 'The file is not UTF-8 here; wrangler silently writes U+FFFD into the database instead.',
    fix: 'Save it as UTF-8.',
    at: firstReplacement(bytes, text),
  };
}

/** Where decoding first differs from the bytes: a U+FFFD that the author wrote encodes to the same bytes again. */
function firstReplacement(bytes: Uint8Array, text: string): number {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let byte = mark;
  for (const match of text.matchAll(/[^\uFFFD]*\uFFFD/g)) {
    const before = Buffer.byteLength(match[0]) - 3;
    byte += before;
    const replaced = bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd;
    if (replaced) return match.index + match[0].length - 1;
    byte += 3;
  }
  return 0;
}

function carriageReturns(text: string): Flaw | undefined {
  const at = text.indexOf('\r\n');
  if (at < 0) return undefined;
  return {
    code: 'crlf',
    severity: 'warning',
    message: 'The line ends are CRLF; text literals keep them, and D1 has refused triggers because of them.',
    fix: 'Convert the file to LF, and add the line "*.sql text eol=lf" to .gitattributes.',
    at,
  };
}

function nul(text: string): Flaw | undefined {
  const at = text.indexOf('\0');
  if (at < 0) return undefined;
  return {
    code: 'nul',
    severity: 'error',
    message: 'The file holds a NUL character, where SQLite ends the statement.',
    fix: 'Remove it. A file full of them is UTF-16: save it as UTF-8.',
    at,
  };
}

/** Nothing that is open can be followed by another token, so the last one is enough. */
function unterminated(last: Token | undefined): Flaw | undefined {
  if (last === undefined) return undefined;
  if (isOpenComment(last)) {
    return {
      code: 'unterminated-comment',
      severity: 'error',
      message:
        'This comment never ends. It swallows the statement that records the migration: the file would be applied, and applied again with the next run.',
      fix: 'Write */ after the comment.',
      at: last.start,
    };
  }
  if (!isOpenQuote(last)) return undefined;
  return {
    code: 'unterminated-quote',
    severity: 'error',
    message: 'This quote never ends, and runs into the statement that records the migration.',
    fix: `Write the closing ${closingQuote(last)} after it.`,
    at: last.start,
  };
}

const isOpenComment = ({ kind, text }: Token): boolean =>
  kind === 'comment' && text.startsWith('/*') && !(text.length >= 4 && text.endsWith('*/'));

const isOpenQuote = ({ kind, text }: Token): boolean => kind === 'illegal' && /^(x?'|["`[])/i.test(text);

const closingQuote = ({ text }: Token): string =>
  text.startsWith('[') ? ']' : text.replace(/^x/i, '').charAt(0);

function missingSemicolon(tokens: readonly Token[]): Flaw | undefined {
  const last = splitStatements(tokens).at(-1);
  const token = last?.tokens.at(-1);
  if (last === undefined || last.terminated || token === undefined || token.kind === 'illegal')
    return undefined;
  return {
    code: 'missing-semicolon',
    severity: 'error',
    message:
      'The last statement has no semicolon, so it runs into the statement that records the migration: a syntax error.',
    fix: 'Write ; after it.',
    at: last.end,
  };
}

const BEGIN = 'BEGIN TRANSACTION';

/**
 * For a local database wrangler takes the first "BEGIN TRANSACTION;" and the first "COMMIT;" out of the text of a file
 * that has the former, wherever they stand, and refuses the file where these words are left. A statement BEGIN is
 * another matter: D1 itself refuses it.
 */
function transactionWords(text: string, tokens: readonly Token[]): Flaw | undefined {
  const removed = text.indexOf(`${BEGIN};`);
  for (const token of tokens) {
    for (const { index } of token.text.matchAll(/BEGIN TRANSACTION/g)) {
      if (token.start + index !== removed) return refusedWords(token, token.start + index);
    }
  }
  if (removed < 0) return undefined;
  const places = [removed, text.indexOf('COMMIT;')].filter((at) => at >= 0).sort((a, b) => a - b);
  return places
    .map((at) => ({ at, token: tokens.find(({ start, end }) => start <= at && at < end) }))
    .map(({ at, token }) =>
      token !== undefined && token.kind !== 'comment' ? removedWords(token, at) : undefined,
    )
    .find((flaw) => flaw !== undefined);
}

const refusedWords = ({ kind }: Token, at: number): Flaw => ({
  code: 'transaction-words',
  severity: 'error',
  message: `wrangler takes the words ${BEGIN} in this ${kind === 'comment' ? 'comment' : 'text'} for a transaction, and refuses to run the file on a local database.`,
  fix:
    kind === 'comment'
      ? 'Write them in lower case.'
      : "Write them in lower case, or the value as 'BEGIN' || ' TRANSACTION'.",
  at,
});

function removedWords({ text, start }: Token, at: number): Flaw | undefined {
  const words = [`${BEGIN};`, 'COMMIT;'].find((one) => text.startsWith(one, at - start));
  if (words === undefined) return undefined;
  return {
    code: 'transaction-removed',
    severity: 'error',
    message: `wrangler takes ${words} out of this text before it runs the file on a local database: another value is stored.`,
    fix: `Write the value with || between its words, such as ${words === 'COMMIT;' ? "'COMMIT' || ';'" : "'BEGIN' || ' TRANSACTION;'"}.`,
    at,
  };
}

function noStatements(tokens: readonly Token[]): Flaw | undefined {
  if (!tokens.every((token) => isTrivia(token) || token.text === ';')) return undefined;
  return {
    code: 'no-statements',
    severity: 'warning',
    message:
      'The file holds no statement. wrangler records it as applied, and what is written into it later never runs.',
    fix: 'Write its SQL, or delete the file.',
    at: 0,
  };
}
