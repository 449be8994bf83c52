import type { SyntaxNode } from 'd1-core/sql';

/**
 * Whether SQLite's ADD COLUMN takes an expression for a constant on a table with rows: a literal, with signs or CAST
 * around it. It computes nothing else, so `(1 + 1)` is none. Measured on workerd, see rules/safety/add-column.spec.ts.
 */
export function isConstant(expression: SyntaxNode): boolean {
  if (expression.is('Literal')) return expression.literalType !== 'CURRENT';
  if (expression.is('ColumnRef')) return isBoolean(expression);
  if (expression.is('UnaryExpr')) {
    const operand = expression.operand;
    return ['MINUS', 'PLUS'].includes(expression.op ?? '') && operand !== undefined && isConstant(operand);
  }
  const inner = expression.is('CastExpr') || expression.is('ParenExpr') ? expression.expr : undefined;
  return inner !== undefined && isConstant(inner);
}

const isBoolean = (expression: SyntaxNode): boolean => /^(true|false)$/i.test(expression.column?.text ?? '');

/** An expression without the parentheses around it. */
export function withoutParens(expression: SyntaxNode): SyntaxNode {
  const inner = expression.is('ParenExpr') ? expression.expr : undefined;
  return inner === undefined ? expression : withoutParens(inner);
}
