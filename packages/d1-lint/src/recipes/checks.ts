import { foldName, sameName, unquote, type Token } from 'd1-core/sql';
import type { Range } from '../engine/finding.ts';

/** One CHECK of a CREATE TABLE. */
export interface Check extends Range {
  /** What stands in the parentheses, without the name of the table before columns. */
  readonly text: string;
  /** The same for every writing that differs only in case, quotes and white space. */
  readonly key: string;
  /** All names in it. */
  readonly names: readonly string[];
}

/** In the order of the text. Takes tokens without comments and white space. */
export function checksIn(tokens: readonly Token[], table: string): readonly Check[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'keyword' || token.text.toUpperCase() !== 'CHECK' || tokens[index + 1]?.text !== '(') {
      return [];
    }
    const inner = withoutTable(insideOf(tokens.slice(index + 1)), table);
    return {
      start: token.start,
      end: token.end,
      text: inner.map(spaced).join('').trim(),
      key: inner.map((one) => (isText(one) ? one.text : foldName(unquote(one.text)))).join(' '),
      names: inner.filter(({ kind }) => kind === 'identifier').map(({ text }) => unquote(text)),
    };
  });
}

const isText = ({ kind }: Token): boolean => kind === 'string' || kind === 'blob';

/** With the space that stood before it. */
const spaced = ({ text, start }: Token, index: number, all: readonly Token[]): string =>
  (all[index - 1]?.end ?? start) < start ? ` ${text}` : text;

/** From the first parenthesis to the one that closes it, without both. */
function insideOf(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  const end = tokens.findIndex(({ text }) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return depth === 0;
  });
  return tokens.slice(1, end);
}

/** `"__new_users"."age"` becomes `"age"`. */
const withoutTable = (tokens: readonly Token[], table: string): readonly Token[] =>
  tokens.filter((token, index) => {
    const isDot = (at: number) => tokens[at]?.text === '.';
    const isTable = (at: number) => sameName(unquote(tokens[at]?.text ?? ''), table);
    return !(isTable(index) && isDot(index + 1)) && !(token.text === '.' && isTable(index - 1));
  });

/**
 * Whether a CHECK lets pass all that another one lets pass: both are the same, but for lists behind IN that have more
 * items, and for limits that are wider. It says no to what it does not know.
 */
export function isWidened(check: Check, old: Check): boolean {
  const [now, before] = [check, old].map(({ key }) => shapeOf(key));
  if (now === undefined || before === undefined || now.shape !== before.shape) return false;
  return (
    now.lists.every((list, index) => before.lists[index]?.every((item) => list.includes(item)) === true) &&
    now.limits.every(({ op, value }, index) => {
      const was = before.limits[index]?.value ?? NaN;
      return op.startsWith('<') ? value >= was : value <= was;
    })
  );
}

interface Shape {
  /** The text with marks in the place of lists and limits. */
  readonly shape: string;
  readonly lists: readonly (readonly string[])[];
  readonly limits: readonly { readonly op: string; readonly value: number }[];
}

const LITERAL = String.raw`(?:'(?:[^']|'')*'|(?:- )?[\d.]+)`;
const LIST = new RegExp(String.raw`\bin \( (${LITERAL}(?: , ${LITERAL})*) \)`, 'g');
const LIMIT = /([<>]=?) ((?:- )?[\d.]+)(?= and | or | \)|$)/g;

/** A list or a limit, of a column or of a function of one. */
const PLAIN = /^(?:\( )*\w+(?: \( \w+ \))? (?:in|[<>]=?) #(?: \))*$/;
/** What turns a condition round. */
const TURNS = /\b(?:not|case)\b|\) (?:==?|<>|!=|is\b)/;

/** Undefined where it is not known what a list or limit means for the whole. */
function shapeOf(key: string): Shape | undefined {
  const lists: string[][] = [];
  const limits: { op: string; value: number }[] = [];
  const shape = key
    .replace(LIST, (_, items: string) => {
      lists.push(items.match(new RegExp(LITERAL, 'g')) ?? []);
      return 'in #';
    })
    .replace(LIMIT, (_, op: string, value: string) => {
      limits.push({ op, value: Number(value.replace(' ', '')) });
      return `${op} #`;
    });
  const parts = shape.split(/ and | or /).filter((part) => part.includes('#'));
  const isKnown = parts.every((part) => PLAIN.test(part)) && !TURNS.test(shape.replaceAll('is not null', ''));
  return isKnown ? { shape, lists, limits } : undefined;
}
