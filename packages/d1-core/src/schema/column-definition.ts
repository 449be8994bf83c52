import { isTrivia, type Token, type Tokenize } from '../sql/index.ts';

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
