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
