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

/** Collects the suppressions of a file, and remembers which of them were of use. */
export interface SuppressionList {
  readonly all: readonly Suppression[];
  /** Whether a finding is silenced. */
  silences(finding: Pick<Finding, 'rule' | 'range'>): boolean;
}

const DIRECTIVE = /^d1-lint-disable-(next-statement|file)\b([^:]*)(?::([\s\S]*))?$/;

export function findSuppressions(tokens: readonly Token[], statements: readonly Range[]): SuppressionList {
  const found = tokens
    .filter((token) => token.kind === 'comment')
    .flatMap((token) => readDirective(token, statements));
  return {
    all: found,
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

function readDirective(comment: Token, statements: readonly Range[]) {
  const content = comment.text.replace(/^(--|\/\*)\s*/, '').replace(/\s*(\*\/)?\s*$/, '');
  const [, scope, rules = '', reason = ''] = DIRECTIVE.exec(content) ?? [];
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
