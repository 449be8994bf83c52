import { sameName, unquote, type SyntaxNode } from 'd1-core/sql';
import { withoutParens } from './constant.ts';

/** SQL's three values, and `unknown` where this evaluation is not sure. */
type Truth = true | false | 'null' | 'unknown';

type Value =
  | { readonly kind: 'null' | 'unknown' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string };

export interface NewColumn {
  readonly name: string;
  /** What every row gets; undefined for NULL. */
  readonly defaultExpression: SyntaxNode | undefined;
  /** Whether its texts compare byte by byte, and its numbers as numbers. */
  readonly holds: 'text' | 'number' | 'unknown';
}

/**
 * Whether a CHECK is certainly false for every row that gets the default of a new column. It knows comparisons of the
 * column with literals, IN, BETWEEN, IS NULL and their combinations, and says no to all that it does not know.
 */
export const failsWithDefault = (check: SyntaxNode, column: NewColumn): boolean =>
  truthOf(check, column) === false;

function truthOf(node: SyntaxNode, column: NewColumn): Truth {
  const expression = withoutParens(node);
  switch (expression.type) {
    case 'BinaryExpr':
      return binary(expression, column);
    case 'UnaryExpr':
      return expression.op === 'NOT' ? not(truthOfPart(expression.operand, column)) : 'unknown';
    case 'IsExpr':
      return isNull(expression, column);
    case 'InExpr':
      return inList(expression, column);
    case 'BetweenExpr':
      return between(expression, column);
    default:
      return 'unknown';
  }
}

const truthOfPart = (part: SyntaxNode | undefined, column: NewColumn): Truth =>
  part === undefined ? 'unknown' : truthOf(part, column);

const not = (truth: Truth): Truth => (typeof truth === 'boolean' ? !truth : truth);

function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  return a === 'null' || b === 'null' ? 'null' : true;
}

const or = (a: Truth, b: Truth): Truth => not(and(not(a), not(b)));

function binary(node: SyntaxNode, column: NewColumn): Truth {
  const op = node.op ?? '';
  if (op === 'AND' || op === 'OR') {
    const [left, right] = [truthOfPart(node.left, column), truthOfPart(node.right, column)];
    return op === 'AND' ? and(left, right) : or(left, right);
  }
  return compare(op, valueOf(node.left, column), valueOf(node.right, column));
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  EQ: (order) => order === 0,
  EQ_DOUBLE: (order) => order === 0,
  NE: (order) => order !== 0,
  NE_ANGLE: (order) => order !== 0,
  LT: (order) => order < 0,
  LE: (order) => order <= 0,
  GT: (order) => order > 0,
  GE: (order) => order >= 0,
};

function compare(op: string, a: Value, b: Value): Truth {
  const holds = COMPARISONS[op];
  if (holds === undefined || a.kind === 'unknown' || b.kind === 'unknown') return 'unknown';
  if (a.kind === 'null' || b.kind === 'null') return 'null';
  if (a.kind === 'number' && b.kind === 'number') return holds(a.value - b.value);
  if (a.kind === 'text' && b.kind === 'text')
    return holds(Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)));
  return 'unknown';
}

function isNull(node: SyntaxNode, column: NewColumn): Truth {
  const op = node.op ?? '';
  const isBare = ['IS_NULL', 'NOT_NULL', 'NOT_NULL_SPACED'].includes(op);
  const isNullTest = isBare || node.right?.literalType === 'NULL';
  const { kind } = valueOf(node.left, column);
  if (!isNullTest || kind === 'unknown') return 'unknown';
  const isNegated = ['NOT_NULL', 'NOT_NULL_SPACED', 'IS_NOT', 'IS_DISTINCT'].includes(op);
  return (kind === 'null') !== isNegated;
}

function inList(node: SyntaxNode, column: NewColumn): Truth {
  const { source } = node;
  if (source?.is('ExprList') !== true) return 'unknown';
  const value = valueOf(node.operand, column);
  const found = source
    .items()
    .map((item) => compare('EQ', value, valueOf(item, column)))
    .reduce<Truth>(or, false);
  return node.isNegated ? not(found) : found;
}

function between(node: SyntaxNode, column: NewColumn): Truth {
  const value = valueOf(node.operand, column);
  const inside = and(
    compare('GE', value, valueOf(node.low, column)),
    compare('LE', value, valueOf(node.high, column)),
  );
  return node.isNegated ? not(inside) : inside;
}

const UNKNOWN: Value = { kind: 'unknown' };

/** Of the column, or of a literal that the column could hold as it is. */
function valueOf(node: SyntaxNode | undefined, column: NewColumn): Value {
  if (node === undefined) return UNKNOWN;
  const expression = withoutParens(node);
  if (!expression.is('ColumnRef')) return literal(expression, column);
  if (!sameName(expression.column.text, column.name)) return UNKNOWN;
  return column.defaultExpression === undefined
    ? { kind: 'null' }
    : literal(withoutParens(column.defaultExpression), column);
}

function literal(node: SyntaxNode, column: NewColumn): Value {
  if (node.is('UnaryExpr') && node.op === 'MINUS') {
    const inner = node.operand;
    const value = inner === undefined ? UNKNOWN : literal(withoutParens(inner), column);
    return value.kind === 'number' ? { kind: 'number', value: -value.value } : UNKNOWN;
  }
  const text = node.text ?? '';
  switch (node.is('Literal') ? node.literalType : undefined) {
    case 'NULL':
      return { kind: 'null' };
    case 'INTEGER':
    case 'FLOAT': {
      const value = Number(text);
      const isSure = column.holds === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
      return isSure ? { kind: 'number', value } : UNKNOWN;
    }
    case 'STRING':
      return column.holds === 'text' && text.startsWith("'")
        ? { kind: 'text', value: unquote(text) }
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}
