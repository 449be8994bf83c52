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

/** A comment that is meant for the linter, in no form that it knows. */
export interface UnknownDirective extends Range {
  readonly text: string;
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

export function findSuppressions(tokens: readonly Token[], statements: readonly Range[]): SuppressionList {
  const comments = tokens.filter(
    (token) => token.kind === 'comment' && LOOKS_LIKE_ONE.test(contentOf(token)),
  );
  const found = comments.flatMap((token) => readDirective(token, statements));
  return {
    all: found,
    unknown: comments.filter((token) => !DIRECTIVE.test(contentOf(token))),
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
