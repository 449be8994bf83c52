import { foldName, identifier, isTrivia, type Token, type Tokenize, unquote } from '../sql/index.ts';

/** A column or a constraint of a CREATE TABLE: what stands between two commas. */
export interface TablePart {
  /** Of a column: its name without quotes. Undefined for a constraint of the table. */
  readonly column: string | undefined;
  /** White space and comments before it. */
  readonly leading: string;
  /** From its first token that matters to its last. */
  readonly text: string;
  /** White space and comments after it. */
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

export type ColumnClauseKind =
  | 'primary-key'
  | 'not-null'
  | 'null'
  | 'unique'
  | 'check'
  | 'default'
  | 'collate'
  | 'references'
  | 'generated';

/** One constraint of a column, with its name where it has one. */
export interface ColumnClause {
  readonly kind: ColumnClauseKind;
  readonly text: string;
}

/** A column's part of a CREATE TABLE taken apart. */
export interface ColumnDefinition {
  /** As it is written, quotes included. */
  readonly name: string;
  /** As it is written; empty where there is none. */
  readonly type: string;
  readonly clauses: readonly ColumnClause[];
}

/** Takes the text of a column's part apart; comments in it are left out. */
export function parseColumnDefinition(text: string, tokenize: Tokenize): ColumnDefinition {
  const tokens = tokenize(text);
  const significant = tokens.flatMap((token, index) => (isTrivia(token) ? [] : [index]));
  const starts = clauseStarts(
    significant.map((index) => tokens[index]).filter((token) => token !== undefined),
  );
  const clean = (from: number, to: number) =>
    tokens
      .slice(from, to)
      .map((token) => (isTrivia(token) ? ' ' : token.text))
      .join('')
      .replaceAll(/ +/g, ' ')
      .trim();
  const at = (index: number) => significant[index] ?? tokens.length;
  const clauses = starts.map(({ index, kind }, number) => ({
    kind,
    text: clean(at(index), at(starts[number + 1]?.index ?? significant.length)),
  }));
  return {
    name: clean(at(0), at(1)),
    type: clean(at(1), at(starts[0]?.index ?? significant.length)),
    clauses,
  };
}

export const printColumnDefinition = ({ name, type, clauses }: ColumnDefinition): string =>
  [name, type, ...clauses.map(({ text }) => text)].filter((text) => text !== '').join(' ');

interface ClauseStart {
  /** Among the tokens that matter. */
  readonly index: number;
  readonly kind: ColumnClauseKind;
}

/** Where each clause begins: with its word, or with the CONSTRAINT that names it. */
function clauseStarts(tokens: readonly Token[]): readonly ClauseStart[] {
  const starts: ClauseStart[] = [];
  const word = (index: number) => tokens[index]?.text.toLowerCase() ?? '';
  let depth = 0;
  let named: number | undefined;
  for (let index = 1; index < tokens.length; index += 1) {
    if (word(index) === ')') depth -= 1;
    if (depth === 0 && tokens[index]?.kind === 'keyword') {
      const kind = kindAt(word(index), word(index - 1), word(index + 1));
      if (word(index) === 'constraint') named = index;
      else if (kind !== undefined) {
        starts.push({ index: named ?? index, kind });
        named = undefined;
      }
    }
    if (word(index) === '(') depth += 1;
  }
  return starts;
}

/** Undefined for a word that goes on with the clause before it, such as the DEFAULT of SET DEFAULT. */
function kindAt(word: string, before: string, after: string): ColumnClauseKind | undefined {
  switch (word) {
    case 'primary':
      return 'primary-key';
    case 'not':
      return after === 'null' ? 'not-null' : undefined;
    case 'null':
      return before === 'not' || before === 'set' || before === 'default' ? undefined : 'null';
    case 'default':
      return before === 'set' ? undefined : 'default';
    case 'unique':
    case 'check':
    case 'collate':
    case 'references':
      return word;
    case 'generated':
      return 'generated';
    case 'as':
      return before === 'always' ? undefined : 'generated';
    default:
      return undefined;
  }
}
