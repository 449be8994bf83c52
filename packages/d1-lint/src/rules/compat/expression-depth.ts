import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';
import type { SyntaxNode } from 'd1-core/sql';

const LIMIT = LIMITS.expressionDepth;
/** No statement with fewer tokens gets there, even with subqueries in subqueries, which count several times. */
const MIN_TOKENS = 30;

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const ids = Array.from({ length: 110 }, (_, index) => index + 1);

export default defineRule({
  id: 'compat/expression-depth',
  severity: 'error',
  kind: 'engine',
  summary: `An expression that is more than ${LIMIT} levels deep is refused.`,
  why: `SQLite allows a depth of 1,000, and D1 of ${LIMIT}. Each operator, function or CASE is a level; in a row of OR, AND, + or ||
each further term is one more, so that about a hundred terms are the end. A subquery counts on top of the expression it stands in.
D1 says "Expression tree is too large".`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_clean.sql': `DELETE FROM users WHERE ${ids.map((id) => `id = ${id}`).join(' OR ')};`,
    },
  ],
  good: [{ '0001_users.sql': users, '0002_clean.sql': `DELETE FROM users WHERE id IN (${ids.join(', ')});` }],
  check({ statements, report }) {
    for (const { tree, tokens } of statements) {
      const deepest = tree === undefined || tokens.length < MIN_TOKENS ? undefined : deepestExpression(tree);
      if (deepest === undefined || deepest.depth <= LIMIT) continue;
      report({
        at: deepest.node,
        message: `This expression is ${deepest.depth} levels deep, and D1 refuses more than ${LIMIT}.`,
        help: 'Write a row of OR as IN (…), and of || as concat(…). Or do it in several statements.',
      });
    }
  },
});

/** An expression, and how deep SQLite counts it, with the expressions around its subquery. */
interface DeepExpression {
  readonly node: SyntaxNode;
  readonly depth: number;
}

/**
 * The deepest expression of a statement. SQLite gives each node the greatest depth below it plus one; within a subquery
 * it starts from the depth of the expression that the subquery stands in. Checked against workerd, see
 * rules/compat/expression-depth.spec.ts.
 */
function deepestExpression(tree: SyntaxNode): DeepExpression | undefined {
  let deepest: DeepExpression | undefined;
  const open: { readonly node: SyntaxNode; readonly base: number }[] = [{ node: tree, base: 0 }];
  const depths = new Depths();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, base } = next;
    const own = depths.of(node);
    if (own === 0) {
      for (const child of node.children()) open.push({ node: child, base });
      continue;
    }
    const depth = base + own;
    if (deepest === undefined || depth > deepest.depth) deepest = { node, depth };
    for (const select of subqueriesOf(node)) open.push({ node: select, base: depth });
  }
  return deepest;
}

const SELECTS: ReadonlySet<string> = new Set(['SelectStmt', 'CompoundSelect', 'ValuesClause']);

/** The queries in an expression that are in no other query of it. */
function subqueriesOf(expression: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const open = [...expression.children()];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (SELECTS.has(node.type)) found.push(node);
    else open.push(...node.children());
  }
  return found;
}

/** Nodes that make no level: what groups others, and what stands for itself. */
const GROUPS: ReadonlySet<string> = new Set([
  'ParenExpr',
  'ExprList',
  'CaseWhenList',
  'CaseWhen',
  'ResultColumnList',
  'ResultColumn',
  'OrderByList',
  'OrderingTerm',
  'SelectStmt',
  'CompoundSelect',
]);

/** What SQLite looks at of a SELECT: not its FROM. */

/** The depth of each node, or 0 where it is no expression. Without recursion: a row of operators is a deep tree. */
class Depths {
  readonly #known = new Map<SyntaxNode['json'], number>();

  of(root: SyntaxNode): number {
    if (!isExpression(root)) return 0;
    const open: { readonly node: SyntaxNode; readonly parts: readonly SyntaxNode[] }[] = [];
    const enter = (node: SyntaxNode) => {
      if (!this.#known.has(node.json)) open.push({ node, parts: partsOf(node) });
    };
    enter(root);
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const { node, parts } = last;
      const missing = parts.find(({ json }) => !this.#known.has(json));
      if (missing !== undefined) {
        enter(missing);
        continue;
      }
      open.pop();
      const below = parts.reduce((most, { json }) => Math.max(most, this.#known.get(json) ?? 0), 0);
      this.#known.set(node.json, below + levelsOf(node));
    }
    return this.#known.get(root.json) ?? 0;
  }
}

const isExpression = ({ type }: SyntaxNode): boolean =>
  /Expr$|^(FunctionCall|AggregateFunctionCall)$/.test(type);

/** COLLATE and a row of values hide from SQLite what is in them. */
function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.type) {
    case 'CollateExpr':
    case 'RowValue':
      return [];
    case 'SelectStmt':
      return [...node.columns, ...defined(node.where, node.groupBy, node.having, node.orderBy, node.limit)];
    case 'FunctionCall':
    case 'AggregateFunctionCall':
      return defined(node.argList);
    default:
      return node.children();
  }
}

const defined = (...parts: readonly (SyntaxNode | undefined)[]): readonly SyntaxNode[] =>
  parts.filter((part) => part !== undefined);

function levelsOf(node: SyntaxNode): number {
  if (GROUPS.has(node.type)) return 0;
  if (node.is('ColumnRef'))
    return 1 + (node.qualifier === undefined ? 0 : 1) + (node.schemaName === undefined ? 0 : 1);
  // NOT LIKE, NOT IN and NOT BETWEEN are a NOT around the other.
  return node.isNegated ? 2 : 1;
}
