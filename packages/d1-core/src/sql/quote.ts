/** A SQL text literal. Throws for NUL, which no literal can hold. */
export function quoteText(value: string): string {
  if (value.includes('\0')) throw new RangeError('A SQL text literal cannot hold a NUL character.');
  return `'${value.replaceAll("'", "''")}'`;
}

/** A SQL identifier in double quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
