import type { Schema, Table } from 'd1-core/schema';
import { foldName, isTrivia, unquote, type Token, type Tokenize } from 'd1-core/sql';

/**
 * The triggers that a change of a table fires and that write to other ordinary tables. Those that keep a search index are
 * left out: what brings the rows back fires them too.
 */
export function firedTriggers(
  schema: Schema,
  table: Table,
  event: 'insert' | 'update' | 'delete',
  tokenize: Tokenize,
): readonly string[] {
  return schema
    .triggersOf(table.name)
    .filter(({ sql }) => {
      const tokens = tokenize(sql).filter((token) => !isTrivia(token));
      return eventOf(tokens) === event && writtenTables(tokens).some((name) => !isIndex(schema, name));
    })
    .map(({ name }) => name);
}

/** The word before ON, or before OF. */
function eventOf(tokens: readonly Token[]): string | undefined {
  const on = tokens.findIndex(({ text }) => foldName(text) === 'on');
  return tokens
    .slice(0, Math.max(on, 0))
    .map(({ text }) => foldName(text))
    .findLast((word) => word === 'insert' || word === 'update' || word === 'delete');
}

/** What stands behind INSERT INTO, UPDATE and DELETE FROM in the body. */
function writtenTables(tokens: readonly Token[]): readonly string[] {
  const begin = tokens.findIndex(({ text }) => foldName(text) === 'begin');
  const body = tokens.slice(begin + 1);
  return body.flatMap(({ text }, index) => {
    const word = foldName(text);
    const isStart = index === 0 || body[index - 1]?.text === ';';
    if (word === 'into') return [unquote(body[index + 1]?.text ?? '')];
    if (word === 'from' && foldName(body[index - 1]?.text ?? '') === 'delete')
      return [unquote(body[index + 1]?.text ?? '')];
    if (word !== 'update' || !isStart) return [];
    const isOr = foldName(body[index + 1]?.text ?? '') === 'or';
    return [unquote(body[index + (isOr ? 3 : 1)]?.text ?? '')];
  });
}

const isIndex = (schema: Schema, name: string): boolean => schema.table(name)?.storage === 'virtual';
