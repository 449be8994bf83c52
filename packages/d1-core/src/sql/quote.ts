/** A SQL text literal. Throws for NUL, which no literal can hold. */
export function quoteText(value: string): string {
  if (value.includes('\0')) throw new RangeError('A SQL text literal cannot hold a NUL character.');
  return `'${value.replaceAll("'", "''")}'`;
}

/** A SQL identifier in double quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A comment on a line of its own: what stands in it, such as a name with a line end, cannot end it. */
export const comment = (text: string): string =>
  `-- ${text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`;

/** Names that need quotes although they are made of letters; the rest of SQLite's keywords works without. */
const RESERVED = new Set(
  `add all alter and as autoincrement between case check collate commit constraint create cross current_date
  current_time current_timestamp default deferrable delete distinct drop else escape except exists foreign from full
  generated group having if in index inner insert intersect into is isnull join left limit natural not nothing notnull
  null on or order outer over primary references returning right select set table then to transaction union unique
  update using values when where with`.split(/\s+/),
);

/** A name as one writes it: in quotes only where it needs them. */
export const identifier = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase()) ? name : quoteIdentifier(name);

export const identifiers = (names: readonly string[]): string => names.map(identifier).join(', ');

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
