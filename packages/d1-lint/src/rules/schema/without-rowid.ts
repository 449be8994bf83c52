import type { Token } from 'd1-core/sql';
import type { Range } from '../../engine/finding.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { declaredTables } from '../../recipes/declared-tables.ts';

export default defineRule({
  id: 'schema/without-rowid',
  severity: 'warning',
  kind: 'policy',
  preset: 'strict',
  summary: 'A table WITHOUT ROWID.',
  why: `D1 accepts WITHOUT ROWID; a project may decide not to use it. It saves space and a look-up where rows are small and
are always sought by a key that is no INTEGER. But such a table has no rowid to page by, knows no AUTOINCREMENT and no
last_insert_rowid(), stores long rows badly, and only a rebuild changes it.`,
  bad: ['CREATE TABLE tags (name TEXT PRIMARY KEY NOT NULL, color TEXT) WITHOUT ROWID;'],
  good: ['CREATE TABLE tags (name TEXT PRIMARY KEY NOT NULL, color TEXT);'],
  check(context) {
    for (const { statement, tree, label } of declaredTables(context)) {
      const option = tree.hasFlag('WITHOUT_ROWID') ? placeOf(statement) : undefined;
      if (option === undefined) continue;
      context.report({
        at: option.at,
        message: `${label} is WITHOUT ROWID. D1 accepts it; in this project it needs a reason.`,
        help: 'Leave it out. Where rows are small and always sought by their key, say so above the statement:\n-- d1-lint-disable-next-statement schema/without-rowid: …',
        fix: { title: 'Leave WITHOUT ROWID out', edits: [{ ...option.whole, text: '' }], safe: false },
      });
    }
  },
});

/** The two words, and the same with the comma that sets them apart from STRICT. */
function placeOf({ tokens }: LintStatement): { readonly at: Range; readonly whole: Range } | undefined {
  const index = tokens.findLastIndex(({ text }) => text.toUpperCase() === 'WITHOUT');
  const [before, first, last, behind] = [index - 1, index, index + 1, index + 2].map((one) => tokens[one]);
  if (first === undefined || last === undefined) return undefined;
  return { at: { start: first.start, end: last.end }, whole: wholeOf(first, last, before, behind, tokens) };
}

function wholeOf(
  first: Token,
  last: Token,
  before: Token | undefined,
  behind: Token | undefined,
  tokens: readonly Token[],
): Range {
  const next = behind?.text === ',' ? tokens[tokens.indexOf(behind) + 1] : undefined;
  if (next !== undefined) return { start: first.start, end: next.start };
  const paren = before?.text === ',' ? tokens[tokens.indexOf(before) - 1] : before;
  return { start: paren?.end ?? first.start, end: last.end };
}
