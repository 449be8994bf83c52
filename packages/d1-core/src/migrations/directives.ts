import { nearest } from '../errors/index.ts';
import { lineIndex, splitStatements, type Token, type Tokenize } from '../sql/index.ts';
import {
  type Directive,
  DIRECTIVE_FORMS,
  type DirectiveContent,
  readArguments,
  ROLLBACK_CLASSES,
} from './directive-forms.ts';
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

/** What stands behind `d1-migrate:` at the beginning of a comment. */
function writtenDirective({ kind, text }: Token): WrittenDirective | undefined {
  if (kind !== 'comment') return undefined;
  const content = text.replace(/^(--|\/\*)/, '').replace(/\*\/$/, '');
  const [, name, rest = ''] = /^\s*d1-migrate\s*:\s*(\S*)([\s\S]*)$/.exec(content) ?? [];
  return name === undefined ? undefined : { name, text: rest.trim() };
}

function placeFault(token: Token, before: Token | undefined, isInside: boolean): DirectiveFault | undefined {
  if (token.text.startsWith('/*')) {
    return misplacedDirective('stands between /* and */', 'Write it behind --, on a line of its own.');
  }
  if (isInside) {
    return misplacedDirective('stands inside a statement', 'Write it on a line above the statement.');
  }
  if (!isAtLineStart(before)) {
    return misplacedDirective(
      'stands behind a statement',
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
        fix: `${form}; "nx g d1-migrate:rollback-script <migration> --capture" writes it.`,
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
        fix: `${form}; "nx g d1-migrate:rollback-script" writes both.`,
      };
    case 'proof':
      return {
        code: 'unreadable-directive',
        message: 'proof needs its number, the version of wrangler and a checksum of 64 hexadecimal digits.',
        fix: '"nx g d1-migrate:rollback-script <migration>" proves the script and writes it.',
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
