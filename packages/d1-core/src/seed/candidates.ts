import { affinityOf, type Column, type Table } from '../schema/index.ts';
import { foldName, isTrivia, unquote, type Token, type Tokenize } from '../sql/index.ts';

/** Numbers that no migration uses for its own rows. */
const FIRST_NUMBER = 9001;

/** The value that row `row` (from 0) of a table gets in a column, as an SQL literal, if nothing speaks against it. */
export function usualValue({ name, type, primaryKey }: Column, row: number): string {
  const number = FIRST_NUMBER + row;
  if (/bool/i.test(type)) return String(row % 2);
  if (isJsonName(name) && /^(text|json|)$/i.test(type)) return `'{"a":${number}}'`;
  if (/date|time/i.test(type) && affinityOf(type) !== 'INTEGER') return `'2026-01-0${row + 1} 00:00:00'`;
  if (type === '' || affinityOf(type) === 'TEXT') return `'${name.replaceAll("'", "''")} ${number}'`;
  switch (affinityOf(type)) {
    case 'REAL':
      return `${number}.5`;
    case 'BLOB':
      return primaryKey > 0 ? `'${number}'` : `x'${(16 + row).toString(16)}00ff'`;
    default:
      return String(number);
  }
}

/** Names of columns that mostly hold JSON: an index or a generated column may read it. */
const isJsonName = (name: string): boolean =>
  /(^|_)(json|data|meta|metadata|payload|settings|config|options|props|attributes|extra)$/i.test(name);

/** What is tried where a CHECK refuses the usual value: the literals of the checks, and common forms. */
export function otherValues(checks: readonly Check[], row: number): readonly string[] {
  const literals = checks
    .flatMap(({ tokens }) => tokens)
    .filter(({ kind }) => kind === 'string' || kind === 'number')
    .map(({ text }) => text);
  const numbers = literals.filter((text) => /^\d+(\.\d+)?$/.test(text)).map(Number);
  const near = numbers.flatMap((number) => [number + 1, number - 1]).map(String);
  return [...new Set([...rotate(literals, row), ...near, ...rotate(COMMON, row), ...lengths(numbers)])];
}

const COMMON = [
  '1',
  '0',
  '2',
  '10',
  '100',
  '0.5',
  "'a'",
  "'b'",
  "'A'",
  "'{}'",
  "'[]'",
  "'a@example.com'",
  "'b@example.com'",
  "'https://example.com/a'",
  "'2026-01-01'",
  "'2026-01-02'",
  "'2026-01-01T00:00:00.000Z'",
  "'12:00'",
  '1767225600',
  '1767225600000',
  "'00000000-0000-4000-8000-000000000001'",
  "'00000000-0000-4000-8000-000000000002'",
  '-1',
  "''",
  "x'00'",
  'NULL',
];

/** Texts as long as a number in a CHECK asks for: `length(code) = 6`. */
const lengths = (numbers: readonly number[]): readonly string[] =>
  numbers
    .filter((number) => Number.isInteger(number) && number > 1 && number <= 64)
    .flatMap((number) => [`'${'a'.repeat(number)}'`, `'${'b'.repeat(number)}'`, `'${'1'.repeat(number)}'`]);

/** The second row begins with another value than the first: the column may be unique. */
const rotate = <Value>(values: readonly Value[], by: number): readonly Value[] =>
  values.length === 0
    ? values
    : [...values.slice(by % values.length), ...values.slice(0, by % values.length)];

/** A CHECK of a table. */
export interface Check {
  readonly tokens: readonly Token[];
  /** The columns that it names. */
  readonly columns: readonly string[];
}

export function checksOf(table: Table, tokenize: Tokenize): readonly Check[] {
  const checks = tokensOfChecks(tokenize(table.sql).filter((token) => !isTrivia(token)));
  return checks.map((tokens) => {
    const named = new Set(
      tokens.filter(({ kind }) => kind !== 'string').map(({ text }) => foldName(unquote(text))),
    );
    return {
      tokens,
      columns: table.columns.map(({ name }) => name).filter((name) => named.has(foldName(name))),
    };
  });
}

/** The tokens in the parentheses after each CHECK. */
function tokensOfChecks(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const checks: Token[][] = [];
  let depth = 0;
  let previous = '';
  for (const token of tokens) {
    if (depth > 0 && token.text === ')') depth -= 1;
    if (depth > 0) checks.at(-1)?.push(token);
    if (depth > 0 && token.text === '(') depth += 1;
    if (depth === 0 && token.text === '(' && previous === 'CHECK') {
      checks.push([]);
      depth = 1;
    }
    previous = token.text.toUpperCase();
  }
  return checks;
}
