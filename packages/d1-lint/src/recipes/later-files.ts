import { sameName, significantTokens, unquote, type Token } from 'd1-core/sql';
import type { RuleContext } from '../engine/rule.ts';

type Context = Pick<RuleContext, 'folder' | 'file' | 'tokenize'>;

/** The words before the name of a table that is made, and of one that is written. */
const MAKES = ['CREATE TABLE', 'CREATE VIEW', 'NOT EXISTS', 'RENAME TO', 'VIRTUAL TABLE'];
const WRITES = ['INTO', 'UPDATE'];

/** Whether a later file makes a table; where another one is named, before any file writes that. */
export function isMadeLater(table: string, { folder, file, tokenize }: Context, written?: string): boolean {
  const later = folder.files.slice(folder.files.findIndex(({ name }) => name === file.name) + 1);
  for (const { text } of later) {
    const tokens = significantTokens(tokenize(text));
    if (names(tokens, MAKES, table)) return true;
    if (written !== undefined && writes(tokens, written)) return false;
  }
  return false;
}

/** Whether a later file adds a column, or gives one its name. */
export function isColumnAddedLater(column: string, { folder, file, tokenize }: Context): boolean {
  const later = folder.files.slice(folder.files.findIndex(({ name }) => name === file.name) + 1);
  return later.some(({ text }) => names(significantTokens(tokenize(text)), ['ADD', 'COLUMN', 'TO'], column));
}

/** Whether a statement, or a trigger that it makes, puts values into a table. */
export const writes = (tokens: readonly Token[], table: string): boolean => names(tokens, WRITES, table);

const names = (tokens: readonly Token[], before: readonly string[], table: string): boolean =>
  tokens.some(({ text }, index) => {
    if (!sameName(unquote(text), table)) return false;
    const words = tokens.slice(Math.max(0, index - 2), index).map((one) => one.text.toUpperCase());
    return before.includes(words.join(' ')) || before.includes(words.at(-1) ?? '');
  });
