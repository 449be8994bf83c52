import type { DatabaseSync } from 'node:sqlite';
import { foldName, quoteIdentifier, significantTokens, unquote, type Token } from '../sql/index.ts';

/** An ordinary table in the place of a virtual one, so that triggers, views and DROP TABLE find it. */
export interface StandIn {
  readonly name: string;
  readonly sql: string;
}

const MODULES = new Set(['fts5', 'fts5vocab', 'rtree', 'rtree_i32']);

/** What D1 has, and the SQLite of Node before 22.16 has not. Undefined for any other virtual table. */
export function standInFor(tokens: readonly Token[]): StandIn | undefined {
  const words = significantTokens(tokens);
  const using = words.findIndex(({ text }) => text.toUpperCase() === 'USING');
  const [name, module] = [words[using - 1]?.text, words[using + 1]?.text];
  if (name === undefined || module === undefined || !MODULES.has(foldName(module))) return undefined;
  // The columns that a search table has besides: one of its own name, for commands, and the rank.
  const columns = [...argumentNames(words.slice(using + 3)), name, 'rank'].map(unquote);
  const different = new Map(columns.map((column) => [foldName(column), quoteIdentifier(column)]));
  return {
    name: unquote(name),
    sql: `CREATE TABLE ${quoteIdentifier(unquote(name))} (${[...different.values()].join(', ')})`,
  };
}

/** The first word of each argument, without the options: `tokenize = 'porter'`. */
function argumentNames(tokens: readonly Token[]): readonly string[] {
  let depth = 0;
  // R-trees mark some of their columns with it.
  const words = tokens.filter(({ text }) => text !== '+');
  const starts = words.filter(({ text }, at) => {
    const isStart = depth === 0 && (at === 0 || words[at - 1]?.text === ',');
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return isStart && depth === 0 && words[at + 1]?.text !== '=';
  });
  return starts.map(({ text }) => text);
}

/** SQLite's functions that Node 22.13 is built without, and those of search tables. Here they are only compiled. */
const FUNCTIONS =
  `acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow radians
  sin sinh sqrt tan tanh trunc bm25 highlight snippet rtreecheck match`.split(/\s+/);

export function addMissingFunctions(database: DatabaseSync): void {
  const known = new Set(
    database
      .prepare('SELECT DISTINCT name FROM pragma_function_list')
      .all()
      .map(({ name }) => name),
  );
  for (const name of FUNCTIONS) {
    if (!known.has(name)) database.function(name, { varargs: true, deterministic: true }, () => null);
  }
}
