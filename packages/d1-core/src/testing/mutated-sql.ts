import fc from 'fast-check';

/** What breaks a splitter or a tokenizer: quotes that stay open, comments, the words around a block, odd characters. */
const PIECES = [
  ...`; ;; ' '' " "" \` [ ] -- /* */ ( ) , . * = || -> ->> < @ # \\ ~ § §0§ $a :b ?1 ? x' x'4 0x 1e .5 1_0 BEGIN begin END
  end; END; CASE WHEN CREATE TRIGGER TEMP EXPLAIN SELECT NULL --x /*;*/`.split(/\s+/),
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\f',
  '\0',
  '\u00a0',
  '\u2028',
  '\ufeff',
  'é',
  '𝄞',
  '\ud800',
];

/** SQL that was put together, cut off, and changed at random. */
export function mutatedSql(texts: readonly string[]): fc.Arbitrary<string> {
  // Made here: it takes fast-check most of a second, and every test loads this module.
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  );
  const joined = fc
    .array(fc.tuple(fc.constantFrom(...texts), piece), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([text, between]) => text + between).join(''));
  return joined.chain((text) => {
    const place = fc.nat(text.length);
    const change = fc.oneof(
      fc.tuple(place, place, fc.constant('')),
      fc.tuple(place, fc.constant(0), piece),
      fc.tuple(place, fc.nat(10), piece),
    );
    return fc
      .tuple(fc.array(change, { maxLength: 4 }), fc.option(place))
      .map(([changes, cut]) => changes.reduce(applyChange, text).slice(0, cut ?? undefined));
  });
}

const applyChange = (
  text: string,
  [at, length, inserted]: readonly [at: number, length: number, inserted: string],
): string => text.slice(0, at) + inserted + text.slice(at + length);
