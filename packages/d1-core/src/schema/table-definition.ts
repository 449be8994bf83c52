import { foldName, identifier, isTrivia, unquote, type Token, type Tokenize } from '../sql/index.ts';

/** A column or a constraint of a CREATE TABLE: what stands between two commas. */
export interface TablePart {
  /** Of a column: its name without quotes. Undefined for a constraint of the table. */
  readonly column: string | undefined;
  /** White space and comments before it. */
  readonly leading: string;
  /** From its first token that matters to its last. */
  readonly text: string;
  /** White space and comments behind it. */
  readonly trailing: string;
}

/** A CREATE TABLE taken apart, so that a part can be changed and all else stays as it was written. */
export interface TableDefinition {
  /** Up to the opening parenthesis, which it holds. */
  readonly head: string;
  readonly parts: readonly TablePart[];
  /** From the closing parenthesis on. */
  readonly tail: string;
}

/** Takes the statement of an ordinary table apart, as SQLite keeps it. Undefined where it has no list of columns. */
export function parseTableDefinition(sql: string, tokenize: Tokenize): TableDefinition | undefined {
  const tokens = tokenize(sql);
  const open = tokens.findIndex(({ text }) => text === '(');
  if (open < 0) return undefined;
  const groups: Token[][] = [[]];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (index <= open) continue;
    if (token.text === ')' && depth === 0) {
      return {
        head: textOf(tokens.slice(0, open + 1)),
        parts: groups.map(partOf),
        tail: textOf(tokens.slice(index)),
      };
    }
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) groups.push([]);
    else groups.at(-1)?.push(token);
  }
  return undefined;
}

/** The statement again. */
export const printTableDefinition = ({ head, parts, tail }: TableDefinition): string =>
  `${head}${parts.map(({ leading, text, trailing }) => `${leading}${text}${trailing}`).join(',')}${tail}`;

/** The same table under another name. */
export function renameTableDefinition(
  definition: TableDefinition,
  name: string,
  tokenize: Tokenize,
): TableDefinition {
  const tokens = tokenize(definition.head);
  // SQLite keeps "CREATE TABLE <name>", without IF NOT EXISTS and without the schema.
  const own = tokens.filter((token) => !isTrivia(token))[2];
  return {
    ...definition,
    head: tokens.map((token) => (token === own ? identifier(name) : token.text)).join(''),
  };
}

export const partOfColumn = ({ parts }: TableDefinition, name: string): TablePart | undefined =>
  parts.find(({ column }) => column !== undefined && foldName(column) === foldName(name));

function partOf(tokens: readonly Token[]): TablePart {
  const first = tokens.findIndex((token) => !isTrivia(token));
  const last = tokens.findLastIndex((token) => !isTrivia(token));
  const head = tokens[first];
  return {
    column: head === undefined || isConstraintWord(head) ? undefined : unquote(head.text),
    leading: textOf(tokens.slice(0, Math.max(first, 0))),
    text: textOf(tokens.slice(Math.max(first, 0), last + 1)),
    trailing: textOf(tokens.slice(last + 1)),
  };
}

const isConstraintWord = ({ kind, text }: Token): boolean =>
  kind === 'keyword' && /^(constraint|primary|unique|check|foreign)$/i.test(text);

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');
