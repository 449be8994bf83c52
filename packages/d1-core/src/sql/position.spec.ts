import { lineIndex } from './statements.ts';

describe('lineIndex', () => {
  it.each([
    ['LF', 'ab\ncd\n'],
    ['CRLF', 'ab\r\ncd\r\n'],
    ['CR', 'ab\rcd\r'],
  ])('counts lines and columns from 1 with %s', (_, text) => {
    const index = lineIndex(text);
    expect(index.positionAt(0)).toEqual({ line: 1, column: 1 });
    expect(index.positionAt(text.indexOf('d'))).toEqual({ line: 2, column: 2 });
    expect(index.positionAt(text.length)).toEqual({ line: 3, column: 1 });
    expect(index.line(2)).toBe('cd');
  });

  it('counts a character outside the basic plane as two columns', () => {
    expect(lineIndex('😀x').positionAt(2)).toEqual({ line: 1, column: 3 });
  });

  it('has one line in an empty text', () => {
    expect(lineIndex('').positionAt(0)).toEqual({ line: 1, column: 1 });
    expect(lineIndex('').line(7)).toBe('');
  });
});
