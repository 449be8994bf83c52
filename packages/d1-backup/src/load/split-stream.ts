/** A word, a quoted piece, a comment, or any other character. Sticky: each match begins where the last one ended. */
const PIECE =
  /[A-Za-z_\u0080-\uffff$0-9]+|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|\s+|./gsuy;

/** The longest statement that is taken for one: D1 allows 100,000 bytes, SQLite itself a million. */
const MAX_STATEMENT = 1_000_000;

/**
 * Splits SQL text that arrives in chunks into statements without their semicolons, as `sqlite3_complete` does: at
 * every semicolon, but inside CREATE TRIGGER only at the one behind an END that follows a semicolon. `splitStatements`
 * of d1-core does the same for a text that is wholly in memory, which an archive may not fit in.
 */
export async function* splitStream(chunks: AsyncIterable<string | Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let tried = 0;
  for await (const chunk of chunks) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    // What is cut in the middle of a quoted piece is looked at again only when it has doubled.
    if (text.length < 2 * tried) continue;
    const { statements, rest } = takeStatements(text, false);
    yield* statements;
    text = rest;
    tried = rest.length > MAX_STATEMENT ? fail(rest) : rest.length;
  }
  text += decoder.decode();
  const { statements, rest } = takeStatements(text, true);
  yield* statements;
  if (rest.trim() !== '') yield rest.trim();
}

/** The complete statements of a text. Its last statement stays in the rest until a semicolon is certain. */
function takeStatements(text: string, isLast: boolean): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let start = 0;
  let words: string[] = [];
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(text); match !== null; match = PIECE.exec(text)) {
    const [piece] = match;
    // A piece that touches the end of the text may go on in the next chunk.
    if (!isLast && PIECE.lastIndex === text.length && piece !== ';') break;
    if (/^(\s|--|\/\*)/.test(piece)) continue;
    if (piece === ';' && (!startsTrigger(words) || (words.at(-1) === 'END' && words.at(-2) === ';'))) {
      const statement = text.slice(start, match.index).trim();
      if (words.length > 0) statements.push(statement);
      start = PIECE.lastIndex;
      words = [];
    } else {
      // The first words and the last two are enough to know a trigger and its end.
      words = [...words.slice(0, 3), ...words.slice(3).slice(-1), piece.toUpperCase()];
    }
  }
  return { statements, rest: text.slice(start) };
}

const startsTrigger = ([first, second, third]: readonly string[]): boolean =>
  first === 'CREATE' &&
  (second === 'TRIGGER' || ((second === 'TEMP' || second === 'TEMPORARY') && third === 'TRIGGER'));

function fail(text: string): never {
  throw new RangeError(`A statement of more than ${MAX_STATEMENT} characters: ${text.slice(0, 80)}…`);
}
