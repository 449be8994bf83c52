/** How a name or a text is quoted. */
export type Quote = '"' | "'" | '`' | '[';

export function quoteOf(text: string): Quote | undefined {
  const first = text.charAt(0);
  return first === '"' || first === "'" || first === '`' || first === '[' ? first : undefined;
}

/** What a token names: `"a""b"`, `[a"b]` and `` `a"b` `` are all `a"b`. Also the content of a text literal. */
export function unquote(text: string): string {
  const quote = quoteOf(text);
  if (quote === undefined) return text;
  const inner = text.slice(1, -1);
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}

/** SQLite takes names that differ only in the case of ASCII letters for the same. */
export const foldName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

export const sameName = (a: string, b: string): boolean => foldName(a) === foldName(b);
