import { createHash } from 'node:crypto';
import {
  foldName,
  identifier,
  isTrivia,
  quoteText,
  type Token,
  type Tokenize,
  unquote,
} from '../sql/index.ts';
import type { Schema, SchemaObject } from './model.ts';

/**
 * A statement without what makes no difference: comments, white space, the case of words and names, and their quotes.
 * `ALTER TABLE` writes quotes into the statements that SQLite keeps, so two equal tables may be written differently.
 *
 * Texts stay as they are. What stands in double quotes is a name for SQLite where it names something, and a text
 * elsewhere; so the schema that the statement belongs to is asked. Without one, what its own words do not make a name is a text.
 */
export function canonicalSql(sql: string, tokenize: Tokenize, schema?: Schema): string {
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  const roles = rolesOf(tokens);
  let names: ReadonlySet<string> | undefined;
  const isName = (text: string) => {
    names ??= namesIn(tokens, roles, tokenize, schema);
    return names.has(foldName(text));
  };
  return tokens
    .map(({ kind, text }, index) => {
      if (kind === 'string' || kind === 'blob') return text;
      if (kind !== 'identifier') return foldName(text);
      const content = unquote(text);
      const role = roles[index];
      const isText = role === 'text' || (role === 'name-or-text' && !isName(content));
      return isText ? quoteText(content) : identifier(foldName(content));
    })
    .join(' ');
}

/** Whether two statements of a schema differ in nothing but that. Most objects are as they were, and then nothing is read. */
export const isSameSql = (one: string, other: string, tokenize: Tokenize, schema: Schema): boolean =>
  one === other || canonicalSql(one, tokenize, schema) === canonicalSql(other, tokenize, schema);

type Role = 'name' | 'text' | 'name-or-text';

/** What the place of each token says of it, where it is an identifier. */
function rolesOf(tokens: readonly Token[]): readonly Role[] {
  const isTable = tokens.slice(0, 4).some(({ text }) => /^table$/i.test(text));
  let depth = 0;
  return tokens.map((token, index) => {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    return roleOf(token, tokens[index - 1], tokens[index + 1], isTable && depth === 1);
  });
}

/** `isPart`: between the outer parentheses of a CREATE TABLE, where a column begins after each comma. */
function roleOf(
  { kind, text }: Token,
  previous: Token | undefined,
  next: Token | undefined,
  isPart: boolean,
): Role {
  if (kind !== 'identifier') return 'name';
  // Even without quotes: DEFAULT takes the words true and false alone for something else.
  if (previous?.kind === 'keyword' && /^default$/i.test(previous.text))
    return /^(true|false)$/i.test(text) ? 'name' : 'text';
  if (!text.startsWith('"') || previous === undefined) return 'name';
  if (next?.text === '.' || next?.text === '(' || previous.text === '.') return 'name';
  if (isPart && (previous.text === '(' || previous.text === ',')) return 'name';
  return isBeforeName(previous) ? 'name' : 'name-or-text';
}

/** Words that a name follows; and what ends an operand, behind which stands a type or an alias. */
const isBeforeName = ({ kind, text }: Token): boolean =>
  kind === 'keyword'
    ? /^(table|index|view|trigger|exists|as|from|join|into|update|references|constraint|collate)$/i.test(text)
    : kind !== 'operator' && (kind !== 'punctuation' || text === ')');

/** The folded names that a statement may mean: those that it makes or writes without quotes, and the columns of the tables it names. */
function namesIn(
  tokens: readonly Token[],
  roles: readonly Role[],
  tokenize: Tokenize,
  schema: Schema | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, { kind, text }] of tokens.entries()) {
    const name = unquote(text);
    if (kind === 'identifier' && roles[index] === 'name') names.add(foldName(name));
    const table = schema?.table(name);
    const view = schema?.view(name);
    if (table === undefined && view === undefined) continue;
    names.add(foldName(name));
    for (const column of table?.columns ?? []) names.add(foldName(column.name));
    // The columns of a view are what its own statement says.
    for (const part of tokenize(view?.sql ?? ''))
      if (part.kind === 'identifier') names.add(foldName(unquote(part.text)));
  }
  return names;
}

/**
 * SHA-256 in lower-case hexadecimal of all that a schema means: equal for two schemas whose statements differ only in
 * formatting, or that were made in another order.
 */
export function fingerprint(schema: Schema, tokenize: Tokenize): string {
  const lines = schema
    .objects()
    .filter((object) => object.kind !== 'table' || object.storage !== 'shadow')
    .flatMap((object) => line(object, schema, tokenize))
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Nothing for an index that a UNIQUE or PRIMARY KEY made: it is in the statement of its table. */
function line(object: SchemaObject, schema: Schema, tokenize: Tokenize): readonly string[] {
  if (object.sql === undefined) return [];
  return [`${object.kind} ${foldName(object.name)} ${canonicalSql(object.sql, tokenize, schema)}`];
}
