import { columnOf, type Table } from 'd1-core/schema';
import { identifier, identifiers, sameName, type Token } from 'd1-core/sql';
import type { Fix } from '../engine/finding.ts';
import type { LintStatement } from '../engine/rule.ts';
import { copySelect, isStar, onlySource, targetColumns, writableColumns } from './copied-columns.ts';
import { wordAfter, writtenTable } from './statement-parts.ts';

/** An INSERT … SELECT * from one table into another. */
export interface StarCopy {
  readonly source: Table;
  readonly target: Table;
  /** Undefined where its place is not known for sure. */
  readonly star: Token | undefined;
  /** Pairs of columns that have different names. */
  readonly mismatches: readonly { readonly from: string; readonly to: string }[];
  /** Names the columns in both lists, paired by name; `safe` where that gives the same as the star does. */
  readonly byName: Fix | undefined;
}

export function starCopy(statement: LintStatement): StarCopy | undefined {
  const select = copySelect(statement);
  const [item, ...others] = select?.columns ?? [];
  if (select === undefined || item === undefined || others.length > 0 || !isStar(item)) return undefined;
  const source = onlySource(select, statement, statement.before);
  const target = statement.before.table(writtenTable(statement)?.text ?? '');
  if (source === undefined || target === undefined) return undefined;
  const star = starOf(statement);
  // A star stands for generated columns too.
  const read = source.columns.map(({ name }) => name);
  const mismatches = targetColumns(statement).flatMap(({ target: to }, index) => {
    const from = read[index];
    return from === undefined || sameName(from, to) ? [] : { from, to };
  });
  return { source, target, star, mismatches, byName: expand(statement, source, target, star) };
}

/** Only where nothing else in the statement looks like it. */
function starOf({ tokens }: LintStatement) {
  const found = tokens.filter(
    (token, index) =>
      token.text === '*' &&
      tokens[index - 1]?.text.toUpperCase() === 'SELECT' &&
      tokens[index + 1]?.text.toUpperCase() === 'FROM',
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Pairs the columns by name; safe where that gives the same as the star did. */
function expand(
  statement: LintStatement,
  source: Table,
  target: Table,
  star: ReturnType<typeof starOf>,
): Fix | undefined {
  const into = writtenTable(statement);
  const listed = (statement.tree?.columns ?? []).length > 0;
  const isPlain =
    listed || wordAfter(statement, 'SELECT', into?.end ?? 0)?.start === nextStart(statement, into?.end);
  const pairs = targetColumns(statement)
    .map((one) => one.target)
    .filter((name) => listed || columnOf(source, name) !== undefined);
  const matched = pairs.every((name) => columnOf(source, name) !== undefined);
  if (star === undefined || into === undefined || !isPlain || pairs.length === 0 || !matched)
    return undefined;
  const list = identifiers(pairs);
  const columnList = listed ? [] : [{ start: into.end, end: into.end, text: ` (${list})` }];
  return {
    title: `Name the columns of ${identifier(target.name)}`,
    edits: [...columnList, { start: star.start, end: star.end, text: list }],
    safe: writableColumns(source).length === source.columns.length && pairs.length === source.columns.length,
  };
}

/** Whether something stands between the table and the SELECT, such as an alias, is seen by the next token. */
const nextStart = ({ tokens }: LintStatement, offset = 0): number | undefined =>
  tokens.find(({ start }) => start >= offset)?.start;
