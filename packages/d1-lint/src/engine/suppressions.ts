import type { Token } from 'd1-core/sql';
import type { Finding, Range } from './finding.ts';

/** A comment that switches rules off: `-- d1-lint-disable-next-statement data/drop-table: exported on Monday`. */
export interface Suppression extends Range {
  readonly scope: 'next-statement' | 'file';
  readonly rules: readonly string[];
  readonly reason: string | undefined;
  /** The statement that is meant; undefined for a file, or where none follows. */
  readonly target: Range | undefined;
  /** The rules that reported something it has silenced. */
  readonly used: ReadonlySet<string>;
}

/** A comment that is meant for the linter, and means nothing to it. */
export interface UnknownDirective extends Range {
  readonly text: string;
  /** Whether its form is right, and it stands inside of a statement: it would be read as one for that, and mean the next. */
  readonly isInside: boolean;
}

/** Collects the suppressions of a file, and remembers which of them were of use. */
export interface SuppressionList {
  readonly all: readonly Suppression[];
  readonly unknown: readonly UnknownDirective[];
  /** Whether a finding is silenced. */
  silences(finding: Pick<Finding, 'rule' | 'range'>): boolean;
}

const LOOKS_LIKE_ONE = /^@?d1-?lint[-:\s]*(disable|enable|ignore|expect|off|skip)/i;
const DIRECTIVE = /^d1-lint-disable-(next-statement|file)\b([^:]*)(?::([\s\S]*))?$/;

export function findSuppressions(
  tokens: readonly Token[],
  statements: readonly StatementRange[],
): SuppressionList {
  const comments = tokens.filter(
    (token) => token.kind === 'comment' && LOOKS_LIKE_ONE.test(contentOf(token)),
  );
  const isInside = (comment: Token) =>
    DIRECTIVE.exec(contentOf(comment))?.[1] === 'next-statement' && standsInside(comment, tokens, statements);
  const found = comments.flatMap((token) => (isInside(token) ? [] : readDirective(token, statements)));
  return {
    all: found,
    unknown: comments
      .map((token) => ({ ...token, isInside: isInside(token) }))
      .filter((token) => token.isInside || !DIRECTIVE.test(contentOf(token))),
    silences({ rule, range }) {
      const matching = found.filter(
        (one) =>
          one.rules.includes(rule) &&
          (one.scope === 'file' ||
            (one.target !== undefined && one.target.start <= range.start && range.start <= one.target.end)),
      );
      for (const { used } of matching) used.add(rule);
      return matching.length > 0;
    },
  };
}

type StatementRange = Range & { readonly terminated: boolean };

/** Up to its semicolon. */
function standsInside(
  comment: Token,
  tokens: readonly Token[],
  statements: readonly StatementRange[],
): boolean {
  const statement = statements.findLast(({ start }) => start < comment.start);
  if (statement === undefined) return false;
  if (comment.start < statement.end) return true;
  const isBehind = ({ text, start }: Token) =>
    text === ';' && statement.end <= start && start < comment.start;
  return statement.terminated && !tokens.some(isBehind);
}

const contentOf = ({ text }: Token): string =>
  text.replace(/^(--|\/\*)\s*/, '').replace(/\s*(\*\/)?\s*$/, '');

function readDirective(comment: Token, statements: readonly Range[]) {
  const [, scope, rules = '', reason = ''] = DIRECTIVE.exec(contentOf(comment)) ?? [];
  if (scope !== 'next-statement' && scope !== 'file') return [];
  return [
    {
      scope,
      rules: rules.split(/[\s,]+/).filter((rule) => rule !== ''),
      reason: reason.trim() === '' ? undefined : reason.trim(),
      start: comment.start,
      end: comment.end,
      target: scope === 'file' ? undefined : statements.find(({ start }) => start >= comment.end),
      used: new Set<string>(),
    } as const,
  ];
}
