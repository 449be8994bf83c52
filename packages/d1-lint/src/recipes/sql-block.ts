/** Statements without semicolons, as lines for a help text. */
export const sqlBlock = (statements: readonly string[]): string =>
  statements.map((sql) => `${sql};`).join('\n');
