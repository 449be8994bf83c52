import { isTrivia, type Token, type Tokenize, unquote } from '../sql/index.ts';

/**
 * What a rollback script brings back: `exact` schema and data, `schema-only` the schema but not every row as it was,
 * `irreversible` not even that.
 */
export type RollbackClass = (typeof ROLLBACK_CLASSES)[number];

export const ROLLBACK_CLASSES = ['exact', 'schema-only', 'irreversible'] as const;

/** `rows`: the rows that go. `values`: what stood in the columns that are changed. */
export type CapturedKind = 'rows' | 'values';

/** What a directive says. */
export type DirectiveContent =
  /** In a migration: rows of this table are meant to go. */
  | { readonly name: 'expect-rows-lost'; readonly table: string; readonly reason: string }
  /**
   * In a migration: values of this column are meant to give way to others. Without a column: values of any column of the
   * table, or its rows are meant to be copied more than once.
   */
  | {
      readonly name: 'expect-values-changed';
      readonly table: string;
      readonly column: string | undefined;
      readonly reason: string;
    }
  /** In a migration: what the statement below changes of this table is kept in another one, for the way back. */
  | { readonly name: 'captured'; readonly what: CapturedKind; readonly table: string; readonly undo: string }
  /** In a rollback script: which migration it undoes, and the checksum of the tokens of its file. */
  | { readonly name: 'undoes'; readonly file: string; readonly checksum: string }
  | { readonly name: 'class'; readonly class: RollbackClass }
  /** In a rollback script: what does not come back of a table, or of one of its columns. */
  | {
      readonly name: 'loses';
      readonly table: string;
      readonly column: string | undefined;
      readonly what: string;
    }
  /** In a rollback script: a table in which rows stay that were not there before the migration. */
  | { readonly name: 'leaves'; readonly table: string; readonly what: string }
  /** In a rollback script: by which proof its statements and header were found true, and their checksum. */
  | {
      readonly name: 'proof';
      readonly method: number;
      readonly wrangler: string;
      readonly checksum: string;
    };

/** What an author or a generator says to d1-migrate, in a comment: `-- d1-migrate: <name> <arguments>`. */
export type Directive = DirectiveContent & {
  /** Where it is written, from 1. */
  readonly line: number;
  /** The index of the statement below it, as `splitStatements` counts; undefined behind the last one. */
  readonly statement: number | undefined;
};

/** How each directive is written. */
export const DIRECTIVE_FORMS = {
  'expect-rows-lost': '-- d1-migrate: expect-rows-lost <table>: <reason>',
  'expect-values-changed': '-- d1-migrate: expect-values-changed <table>.<column>: <reason>',
  captured: '-- d1-migrate: captured <rows|values> of <table> in <table>',
  undoes: '-- d1-migrate: undoes <migration> <checksum>',
  class: `-- d1-migrate: class <${ROLLBACK_CLASSES.join('|')}>`,
  loses: '-- d1-migrate: loses <table>[.<column>]: <what>',
  leaves: '-- d1-migrate: leaves <table>: <what>',
  proof: '-- d1-migrate: proof <number> by wrangler <version> <checksum>',
} as const satisfies Readonly<Record<DirectiveContent['name'], string>>;

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
