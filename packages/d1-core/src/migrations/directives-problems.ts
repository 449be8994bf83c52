import { nearest } from '../errors/index.ts';
import { DIRECTIVE_FORMS, ROLLBACK_CLASSES, type DirectiveContent } from './directives-model.ts';
import type { FileFinding } from './finding.ts';

/** `misplaced-directive`: it stands where it means nothing. */
export type DirectiveProblemCode = 'unknown-directive' | 'unreadable-directive' | 'misplaced-directive';

/** A directive that would otherwise be passed over in silence. */
export type DirectiveProblem = FileFinding<DirectiveProblemCode>;

/** A problem that does not know its place yet. */
export type DirectiveFault = Pick<DirectiveProblem, 'code' | 'message' | 'fix'>;

export function unknownDirective(name: string): DirectiveFault {
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

export function unreadableDirective(name: DirectiveContent['name'], text: string): DirectiveFault {
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

export const misplacedDirective = (where: string, fix: string): DirectiveFault => ({
  code: 'misplaced-directive',
  message: `The directive ${where}, where it means nothing.`,
  fix,
});
