import fc from 'fast-check';
import { loadTokenizer, type Tokenize } from './tokens.ts';

let tokenize: Tokenize;
beforeAll(async () => {
  tokenize = await loadTokenizer();
});

const kinds = (text: string) =>
  tokenize(text)
    .filter(({ kind }) => kind !== 'whitespace')
    .map(({ kind, text: part }) => [kind, part]);

describe('the tokenizer', () => {
  it('names every kind of token', () => {
    expect(kinds(`SELECT "a b", [c], 'it''s', x'41', 1.5, ?1 || -- end\n /* more */ ;`)).toEqual([
      ['keyword', 'SELECT'],
      ['identifier', '"a b"'],
      ['punctuation', ','],
      ['identifier', '[c]'],
      ['punctuation', ','],
      ['string', "'it''s'"],
      ['punctuation', ','],
      ['blob', "x'41'"],
      ['punctuation', ','],
      ['number', '1.5'],
      ['punctuation', ','],
      ['parameter', '?1'],
      ['operator', '||'],
      ['comment', '-- end'],
      ['comment', '/* more */'],
      ['punctuation', ';'],
    ]);
  });

  it.each([
    ["'open ; text", "'open ; text"],
    ['"open', '"open'],
    ['@', '@'],
    ["x'4g'", "x'4g'"],
  ])('calls %s illegal', (text, illegal) => {
    expect(kinds(text)).toEqual([['illegal', illegal]]);
  });

  it('survives NUL, which ends a literal', () => {
    expect(kinds("SELECT 'a\0b'")).toEqual([
      ['keyword', 'SELECT'],
      ['illegal', "'a"],
      ['illegal', '\0'],
      ['identifier', 'b'],
      ['illegal', "'"],
    ]);
  });

  it('counts offsets in UTF-16 units', () => {
    const text = "SELECT '😀é' , x";
    for (const token of tokenize(text)) expect(text.slice(token.start, token.end)).toBe(token.text);
  });

  it('gives the text back, whatever the text is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'SELECT ',
        "'",
        '"',
        '`',
        '[',
        ']',
        '--',
        '/*',
        '*/',
        ';',
        '\n',
        '\r\n',
        '\0',
        '😀',
        "x'",
        'END',
        '1e',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('').toWellFormed();
        expect(
          tokenize(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('cuts a text that is longer than its window into the same tokens as a short one', () => {
    const row = `INSERT INTO "t" VALUES (1, 'it''s', x'41'); -- ümlaut\n/* block */ `;
    const once = tokenize(row).map(({ kind, text }) => `${kind} ${text}`);
    const many = tokenize(row.repeat(3_000)).map(({ kind, text }) => `${kind} ${text}`);
    expect(many).toEqual(Array.from({ length: 3_000 }, () => once).flat());
  });

  it('takes a literal of ten megabytes for one token', () => {
    expect(kinds(`'${'x'.repeat(10_000_000)}'`)).toHaveLength(1);
  });
});
