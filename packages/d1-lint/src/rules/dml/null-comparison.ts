import type { SyntaxNode, Token } from 'd1-core/sql';
import type { Fix } from '../../engine/finding.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, deleted_at INTEGER);';

export default defineRule({
  id: 'dml/null-comparison',
  severity: 'error',
  kind: 'policy',
  summary: 'A comparison with NULL by = or <>, which is never true.',
  why: `D1 accepts it. What is compared with NULL by =, == , <> or != gives NULL, whatever it is: a WHERE then matches no row,
and a CHECK refuses none. IS NULL and IS NOT NULL ask what is meant.`,
  bad: [
    { '0001_users.sql': users, '0002_clean.sql': 'DELETE FROM users WHERE deleted_at <> NULL;' },
    {
      '0001_users.sql': users,
      '0002_name.sql': "UPDATE users SET name = 'nobody' WHERE name = NULL;",
    },
  ],
  good: [
    { '0001_users.sql': users, '0002_clean.sql': 'DELETE FROM users WHERE deleted_at IS NOT NULL;' },
    { '0001_users.sql': users, '0002_name.sql': 'UPDATE users SET name = NULL WHERE name IS NOT NULL;' },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      if (tree === undefined) continue;
      const comparisons = tree.all('BinaryExpr').filter(isWithNull);
      const places = comparisons.length === 0 ? [] : placesOf(statement, tree);
      // A DELETE that has matched no row so far would match some.
      const choosing = new Set(
        ['DeleteStmt', 'UpdateStmt']
          .flatMap((type) => tree.all(type))
          .flatMap((one) => one.where?.all('BinaryExpr') ?? [])
          .map(({ json }) => json),
      );
      const areKnown = places.length === comparisons.length;
      for (const [index, comparison] of comparisons.entries()) {
        const place = areKnown ? places[index] : undefined;
        const what = place === undefined ? 'A comparison with NULL by = or <>' : shown(place);
        const changesRows = choosing.has(comparison.json);
        report({
          at: place === undefined ? comparison : { start: place.operator.start, end: place.operator.end },
          message: `${what} is NULL for every row, and never true.`,
          help: changesRows
            ? 'See which rows the condition matches with IS NULL or IS NOT NULL, and write that if those are meant. As it stands, no row is changed by it.'
            : 'Write IS NULL or IS NOT NULL.',
          fix: place === undefined || changesRows ? undefined : fixAt(place),
        });
      }
    }
  },
});

const OPERATORS: Readonly<Record<string, string>> = {
  EQ: 'IS',
  EQ_DOUBLE: 'IS',
  NE: 'IS NOT',
  NE_ANGLE: 'IS NOT',
  '=': 'IS',
  '==': 'IS',
  '!=': 'IS NOT',
  '<>': 'IS NOT',
};

const isWithNull = (node: SyntaxNode): boolean =>
  OPERATORS[node.op ?? ''] !== undefined &&
  [node.left, node.right].some((side) => side?.literalType === 'NULL');

interface Place {
  readonly before: Token;
  readonly operator: Token;
  readonly after: Token;
}

/** NULL has no position in the tree, so the operators beside one are sought in the text; SET x = NULL is none. */
function placesOf({ tokens }: LintStatement, tree: SyntaxNode): readonly Place[] {
  const assigned = new Set(tree.all('SetClause').map((clause) => clause.column?.end));
  return tokens.flatMap((operator, index) => {
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (before === undefined || after === undefined || OPERATORS[operator.text] === undefined) return [];
    return (isNull(before) || isNull(after)) && !assigned.has(before.end) ? { before, operator, after } : [];
  });
}

const isNull = ({ kind, text }: Token): boolean => kind === 'keyword' && text.toUpperCase() === 'NULL';

function shown({ before, operator, after }: Place): string {
  const isWhole = ({ kind }: Token) => kind === 'identifier' || kind === 'keyword';
  return [before, operator, after]
    .map((token) => (token === operator || isWhole(token) ? token.text : '…'))
    .join(' ');
}

/** Not safe: a condition that has matched no row so far would match some. */
function fixAt({ before, operator, after }: Place): Fix {
  const word = OPERATORS[operator.text] ?? 'IS';
  const text = `${before.end === operator.start ? ' ' : ''}${word}${after.start === operator.end ? ' ' : ''}`;
  return {
    title: `Write ${word}`,
    edits: [{ start: operator.start, end: operator.end, text }],
    safe: false,
  };
}
