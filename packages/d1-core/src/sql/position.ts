/** A place in a text. Line and column count from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface LineIndex {
  /** The position of a UTF-16 offset. */
  positionAt(offset: number): Position;
  /** The text of a line, without its line end. */
  line(number: number): string;
}

/** Turns offsets into positions. A line ends at LF, CRLF or a lone CR. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);

  return {
    positionAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    line(number) {
      const start = starts[number - 1];
      return start === undefined
        ? ''
        : text.slice(start, starts[number] ?? text.length).replace(/[\r\n]+$/, '');
    },
  };
}
