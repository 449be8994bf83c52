import { isTrivia, unquote, type Token, type Tokenize } from '../sql/index.ts';
import { ROLLBACK_CLASSES, type DirectiveContent } from './directives-model.ts';

/** Reads the arguments of a directive. Undefined when they are not as the directive is written. */
export function readArguments(
  name: DirectiveContent['name'],
  text: string,
  tokenize: Tokenize,
): DirectiveContent | undefined {
  switch (name) {
    case 'expect-values-changed': {
      const object = readObject(text, tokenize);
      return object && { name, table: object.table, column: object.column, reason: object.rest };
    }
    case 'expect-rows-lost': {
      const object = readObject(text, tokenize);
      if (object === undefined || object.column !== undefined) return undefined;
      return { name, table: object.table, reason: object.rest };
    }
    case 'loses': {
      const object = readObject(text, tokenize);
      return object && { name, table: object.table, column: object.column, what: object.rest };
    }
    case 'leaves': {
      const object = readObject(text, tokenize);
      if (object === undefined || object.column !== undefined) return undefined;
      return { name, table: object.table, what: object.rest };
    }
    case 'captured':
      return readCaptured(text, tokenize);
    case 'undoes': {
      // The name of a migration may hold spaces; the checksum is what stands last.
      const [, file, checksum] = /^(\S.*?)\s+([0-9a-f]{64})$/.exec(text) ?? [];
      return file === undefined || checksum === undefined ? undefined : { name, file, checksum };
    }
    case 'proof': {
      const [, method, wrangler, checksum] =
        /^(\d+)\s+by\s+wrangler\s+(\S+)\s+([0-9a-f]{64})$/.exec(text) ?? [];
      if (method === undefined || wrangler === undefined || checksum === undefined) return undefined;
      return { name, method: Number(method), wrangler, checksum };
    }
    case 'class': {
      const found = ROLLBACK_CLASSES.find((one) => one === text);
      return found && { name, class: found };
    }
  }
}

/** `rows of <table> in <table>`; the names may be quoted as in SQL. */
function readCaptured(text: string, tokenize: Tokenize): DirectiveContent | undefined {
  const [what, of, table, within, undo, ...rest] = tokenize(text).filter((token) => !isTrivia(token));
  const kind = what?.text === 'rows' || what?.text === 'values' ? what.text : undefined;
  const isForm = of?.text === 'of' && within?.text.toLowerCase() === 'in' && rest.length === 0;
  if (kind === undefined || !isForm || !isName(table) || !isName(undo)) return undefined;
  return { name: 'captured', what: kind, table: unquote(table.text), undo: unquote(undo.text) };
}

interface NamedObject {
  readonly table: string;
  readonly column: string | undefined;
  /** What is written behind the colon; never empty. */
  readonly rest: string;
}

/** `table: rest` or `table.column: rest`; the names may be quoted as in SQL. */
function readObject(text: string, tokenize: Tokenize): NamedObject | undefined {
  const tokens = tokenize(text).filter((token) => !isTrivia(token));
  const [first, second, third] = tokens;
  if (!isName(first)) return undefined;
  const column = second?.text === '.' && isName(third) ? third : undefined;
  const [, rest] = /^\s*:\s*(\S[\s\S]*)$/.exec(text.slice((column ?? first).end)) ?? [];
  if (rest === undefined) return undefined;
  return {
    table: unquote(first.text),
    column: column === undefined ? undefined : unquote(column.text),
    rest,
  };
}

/** SQLite takes most of its keywords for names too. */
const isName = (token: Token | undefined): token is Token =>
  token !== undefined && ['identifier', 'keyword', 'string'].includes(token.kind);
