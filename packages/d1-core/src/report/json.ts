/** `##[` is a command wherever it stands in the log of a job at GitHub or Azure; the others are hidden in JSON's texts. */
const ESCAPED = /#(?=#\w*\[)|[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** A value as JSON for a log or a file: every character of a text is there, and none of them does anything. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
