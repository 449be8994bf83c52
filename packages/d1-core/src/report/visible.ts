/**
 * What no medium shows as it is: control characters but the tab, what ends a line, what turns the direction of a text,
 * and what takes no room.
 */
const HIDDEN = /(?!\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029\u200b\u2060\ufeff]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
]);

/**
 * A text on one line, of which everything can be seen: `\n`, `\u001b`. For names, SQL, rows and messages, which may hold
 * what would move a terminal's cursor, begin a line of its own, or hide a part of the text.
 */
export const visible = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(HIDDEN, (character) => SHORT.get(character) ?? codeUnit(character.charCodeAt(0)));

const codeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
