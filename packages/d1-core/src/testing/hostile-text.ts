import fc from 'fast-check';

/** What a terminal, the log of a CI system, Markdown, XML, Mermaid or SQL would take for its own. */
const PIECES = [
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '\0',
  '\u001b[2J',
  '\u001b[31m',
  '\u001b]8;;https://example.com\u0007',
  '\u009b31m',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ud800',
  '::stop-commands::x',
  '::error file=a::',
  '##[error]',
  '##vso[task.setvariable variable=a]b',
  '%0A',
  '`',
  '```',
  '~~~',
  '|',
  '\\',
  '*',
  '_',
  '# ',
  '> ',
  '- ',
  '1. ',
  '===',
  '[a](https://example.com)',
  '<img src=x onerror=alert(1)>',
  '<!--',
  '&lt;',
  ']]>',
  '"',
  "'",
  ';',
  '--',
  '*/',
  '%%{init: {}}%%',
  '{',
  '}',
  'name',
];

/**
 * A name, a reason or a message that somebody means ill with. Made when it is asked for: the first text of binary characters
 * takes fast-check most of a second, and every test loads this module.
 */
export const hostileText = (): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join(''));

/** One of each kind, for a test in which a name costs time. */
export const HOSTILE_NAME =
  'a\n::stop-commands::x\r##[error]\u001b[31m\u009b2J\u202e`|</td><!--[b](https://example.com)"\'%%{init: {}}%%\n--';

/** What a log may not hold but for colors of ours: control characters, and the commands of CI systems. */
export const HARMFUL = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]|^\s*::|##\w*\[/mu;
