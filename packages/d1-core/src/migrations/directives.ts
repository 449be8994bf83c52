import { commandLine } from '../door/index.ts';
import { nearest } from '../errors/index.ts';
import { lineIndex, splitStatements, type Token, type Tokenize, isTrivia, unquote } from '../sql/index.ts';
import type { FileFinding } from './finding.ts';
import type { Migration } from './read-migration.ts';

export interface DirectivesOfFile {
  /** Those that can be read, in the order of the text. */
  readonly directives: readonly Directive[];
  /** What is wrong with the others. */
  readonly problems: readonly DirectiveProblem[];
}

/**
 * Reads the directives of a migration or a rollback script. Each is a comment of two hyphens on a line of its own,
 * above the statement that it is about; what describes a rollback script stands above all statements. Only comments
 * are looked at: a text literal that holds such a line is none.
 */
export function readDirectives(
  { name, path, text }: Pick<Migration, 'name' | 'path' | 'text'>,
  tokenize: Tokenize,
): DirectivesOfFile {
  const tokens = tokenize(text);
  const statements = splitStatements(tokens);
  const lines = lineIndex(text);
  const directives: Directive[] = [];
  const problems: DirectiveProblem[] = [];
  for (const [index, token] of tokens.entries()) {
    const written = writtenDirective(token);
    if (written === undefined) continue;
    const next = statements.findIndex(({ end }) => end > token.start);
    const statement = next === -1 ? undefined : next;
    const isInside = statement !== undefined && (statements[statement]?.start ?? 0) < token.start;
    const inHeader = statements.every(({ start }) => start > token.start);
    const content =
      placeFault(token, tokens[index - 1], isInside) ??
      readContent(written, { inHeader, isLast: statement === undefined }, tokenize);
    const position = lines.positionAt(token.start);
    if ('code' in content) {
      problems.push({ ...content, severity: 'error', files: [name], location: { file: path, ...position } });
    } else {
      directives.push({ ...content, line: position.line, statement });
    }
  }
  return { directives, problems };
}

interface WrittenDirective {
  readonly name: string;
  readonly text: string;
}

/** What stands after `d1-migrate:` at the beginning of a comment. */
function writtenDirective({ kind, text }: Token): WrittenDirective | undefined {
  if (kind !== 'comment') return undefined;
  const content = text.replace(/^(--|\/\*)/, '').replace(/\*\/$/, '');
  const [, name, rest = ''] = /^\s*d1-migrate\s*:\s*(\S*)([\s\S]*)$/.exec(content) ?? [];
  return name === undefined ? undefined : { name, text: rest.trim() };
}

function placeFault(token: Token, before: Token | undefined, isInside: boolean): DirectiveFault | undefined {
  if (token.text.startsWith('/*')) {
    return misplacedDirective('stands between /* and */', 'Write it after --, on a line of its own.');
  }
  if (isInside) {
    return misplacedDirective('stands inside a statement', 'Write it on a line above the statement.');
  }
  if (!isAtLineStart(before)) {
    return misplacedDirective(
      'stands after a statement',
      'Write it on a line of its own, above the statement that it is about.',
    );
  }
  return undefined;
}

const isAtLineStart = (before: Token | undefined): boolean =>
  before === undefined ||
  (before.kind === 'whitespace' && (before.start === 0 || /[\r\n]/.test(before.text)));

function readContent(
  { name, text }: WrittenDirective,
  { inHeader, isLast }: { readonly inHeader: boolean; readonly isLast: boolean },
  tokenize: Tokenize,
): DirectiveContent | DirectiveFault {
  if (!isKnown(name)) return unknownDirective(name);
  const content = readArguments(name, text, tokenize);
  if (content === undefined) return unreadableDirective(name, text);
  const isAboutStatement =
    name === 'expect-rows-lost' || name === 'expect-values-changed' || name === 'captured';
  if (isAboutStatement && isLast) {
    return misplacedDirective('stands above no statement', 'Write it above the statement that it is about.');
  }
  if (isAboutStatement || inHeader) return content;
  return misplacedDirective(
    'describes the whole file and stands below a statement',
    'Write it above the first statement.',
  );
}

const isKnown = (name: string): name is DirectiveContent['name'] => Object.hasOwn(DIRECTIVE_FORMS, name);

/** `misplaced-directive`: it stands where it means nothing. */
export type DirectiveProblemCode = 'unknown-directive' | 'unreadable-directive' | 'misplaced-directive';

/** A directive that would otherwise be passed over in silence. */
export type DirectiveProblem = FileFinding<DirectiveProblemCode>;

/** A problem that does not know its place yet. */
type DirectiveFault = Pick<DirectiveProblem, 'code' | 'message' | 'fix'>;

function unknownDirective(name: string): DirectiveFault {
  const names = Object.keys(DIRECTIVE_FORMS);
  const meant = nearest(name, names);
  return {
    code: 'unknown-directive',
    message: `d1-migrate knows no directive "${name}".`,
    fix:
      meant === undefined
        ? `Write one of ${names.join(', ')}, or another word than "d1-migrate:" before a comment for people.`
        : `Write ${meant}; the directives are ${names.join(', ')}.`,
  };
}

function unreadableDirective(name: DirectiveContent['name'], text: string): DirectiveFault {
  const form = `Write ${DIRECTIVE_FORMS[name]}`;
  switch (name) {
    case 'expect-rows-lost':
      return {
        code: 'unreadable-directive',
        message: 'expect-rows-lost needs the name of a table, a colon, and the reason why its rows may go.',
        fix: form,
      };
    case 'expect-values-changed':
      return {
        code: 'unreadable-directive',
        message:
          'expect-values-changed needs a table, or a column of one, a colon, and the reason why its values may change.',
        fix: form,
      };
    case 'captured':
      return {
        code: 'unreadable-directive',
        message: 'captured needs "rows of" or "values of", a table, "in", and the table that keeps them.',
        fix: `${form}; "${commandLine('d1-migrate:rollback-script', '<migration>', '--capture')}" writes it.`,
      };
    case 'loses':
      return {
        code: 'unreadable-directive',
        message: 'loses needs a table or a column of one, a colon, and what does not come back.',
        fix: form,
      };
    case 'leaves':
      return {
        code: 'unreadable-directive',
        message: 'leaves needs the name of a table, a colon, and which rows stay in it.',
        fix: form,
      };
    case 'undoes':
      return {
        code: 'unreadable-directive',
        message:
          'undoes needs the name of a migration and the checksum of its tokens: 64 hexadecimal digits.',
        fix: `${form}; "${commandLine('d1-migrate:rollback-script', '<migration>')}" writes both.`,
      };
    case 'proof':
      return {
        code: 'unreadable-directive',
        message: 'proof needs its number, the version of wrangler and a checksum of 64 hexadecimal digits.',
        fix: `"${commandLine('d1-migrate:rollback-script', '<migration>')}" proves the script and writes it.`,
      };
    case 'class': {
      const meant = nearest(text, ROLLBACK_CLASSES);
      return {
        code: 'unreadable-directive',
        message: `There is no rollback class "${text}".`,
        fix: meant === undefined ? `${form}.` : `Write -- d1-migrate: class ${meant}`,
      };
    }
  }
}

const misplacedDirective = (where: string, fix: string): DirectiveFault => ({
  code: 'misplaced-directive',
  message: `The directive ${where}, where it means nothing.`,
  fix,
});

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
  /** The index of the statement below it, as `splitStatements` counts; undefined after the last one. */
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
function readArguments(
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
  /** What is written after the colon; never empty. */
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
