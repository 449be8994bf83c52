/** A quoted piece, a comment, a semicolon, a word, white space, or any other character. */
const PIECE =
  /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|;|[\w$\u0080-\uffff]+|\s+|./gsuy;

/** What may be the beginning of a longer piece when nothing stands after it. */
const UNFINISHED = /^(['"`[]|--|-$|\/\*|\/$|[\w$\u0080-\uffff]|\s)/;

/**
 * Cuts SQL that arrives in chunks into statements, without their semicolons, where SQLite itself would: at every
 * semicolon, but in CREATE TRIGGER only after an END that follows one. `splitStatements` does the same for a text in
 * memory, with SQLite's own tokenizer; that takes half a second a megabyte, this a fortieth of it.
 */
export async function* sqlStatements(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let scan: Scan = { text: '', at: 0, words: [] };
  for await (const chunk of chunks) {
    scan = { ...scan, text: scan.text + decoder.decode(chunk, { stream: true }) };
    const { statements, rest } = cut(scan, false);
    yield* statements;
    scan = rest;
  }
  const { statements, rest } = cut({ ...scan, text: scan.text + decoder.decode() }, true);
  yield* statements;
  if (rest.words.length > 0) yield rest.text;
}

interface Scan {
  /** From the beginning of the statement that is not complete yet. */
  readonly text: string;
  /** What is before it has been looked at. */
  readonly at: number;
  /** The first three words of the statement, then its last two: enough to know a trigger and its end. */
  readonly words: readonly string[];
}

function cut({ text, at, words }: Scan, isLast: boolean): { statements: string[]; rest: Scan } {
  const statements: string[] = [];
  let current = [...words];
  let start = 0;
  let done = at;
  PIECE.lastIndex = at;
  for (let match = PIECE.exec(text); match !== null; match = PIECE.exec(text)) {
    const [piece] = match;
    const end = match.index + piece.length;
    const mayGoOn = end === text.length || isOpening(piece);
    if (!isLast && mayGoOn && UNFINISHED.test(piece)) break;
    done = end;
    if (/^(\s|--|\/\*)/.test(piece)) continue;
    if (piece === ';' && (!startsTrigger(current) || endsTrigger(current))) {
      if (current.length > 0) statements.push(text.slice(start, match.index));
      start = end;
      current = [];
    } else {
      current = [...current.slice(0, 3), ...current.slice(3).slice(-1), piece.toUpperCase()];
    }
  }
  return { statements, rest: { text: text.slice(start), at: done - start, words: current } };
}

/** A quote or comment whose end has not arrived is only its first character. */
const isOpening = (piece: string): boolean => ["'", '"', '`', '[', '-', '/'].includes(piece);

const startsTrigger = ([first, second, third]: readonly string[]): boolean =>
  first === 'CREATE' &&
  (second === 'TRIGGER' || ((second === 'TEMP' || second === 'TEMPORARY') && third === 'TRIGGER'));

const endsTrigger = (words: readonly string[]): boolean => words.at(-1) === 'END' && words.at(-2) === ';';
