import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { quoteIdentifier, quoteText } from './quote.ts';

describe('quoting', () => {
  it('gives a literal that SQLite reads back as the same text', () => {
    const database = new DatabaseSync(':memory:');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\0'));
        expect(database.prepare(`SELECT ${quoteText(value)} AS value`).get()).toEqual({ value });
      }),
    );
    database.close();
  });

  it('refuses NUL in a literal, which would end there', () => {
    expect(() => quoteText('a\0b')).toThrow('NUL');
  });

  it('doubles quotes in a name', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
  });
});
