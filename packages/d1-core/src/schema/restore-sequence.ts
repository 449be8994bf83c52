import { quoteText } from '../sql/index.ts';

/** Carries the highest number that AUTOINCREMENT has ever used over to another table, while the old one is there. */
export const restoreSequence = (table: string, newName: string): readonly string[] => [
  `DELETE FROM sqlite_sequence WHERE name = ${quoteText(newName)}`,
  `INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(newName)}, seq FROM sqlite_sequence WHERE name = ${quoteText(table)}`,
];
