import { defineRule } from '../../engine/rule.ts';
import { addedColumns, defaultText, type AddedColumn } from '../../recipes/added-column.ts';
import { affinityOf } from 'd1-core/schema';
import { wordAfter } from '../../recipes/statement-parts.ts';
import { sameName, unquote, type SyntaxNode } from 'd1-core/sql';
import { withoutParens } from '../../recipes/constant.ts';

const setUp = {
  '0001_items.sql': 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO items (id, name) VALUES (1, 'Mug');",
};

export default defineRule({
  id: 'safety/add-check-column',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN with a CHECK that its own default breaks fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "CHECK constraint
failed". SQLite tests the CHECK on every row that is there, with the default of the column, or NULL. A comparison with
NULL is neither true nor false, and passes; IS NOT NULL does not. Found are comparisons with literals, IN, BETWEEN and
IS NULL; a CHECK with functions or other columns is not judged.`,
  bad: [
    {
      ...setUp,
      '0003_stock.sql': 'ALTER TABLE items ADD COLUMN stock INTEGER DEFAULT -1 CHECK (stock >= 0);',
    },
    { ...setUp, '0003_state.sql': 'ALTER TABLE items ADD COLUMN state TEXT CHECK (state IS NOT NULL);' },
    {
      ...setUp,
      '0003_state.sql': "ALTER TABLE items ADD COLUMN state TEXT DEFAULT '' CHECK (state IN ('new', 'old'));",
    },
  ],
  good: [
    {
      ...setUp,
      '0003_stock.sql': 'ALTER TABLE items ADD COLUMN stock INTEGER DEFAULT 0 CHECK (stock >= 0);',
    },
    {
      ...setUp,
      '0003_state.sql': "ALTER TABLE items ADD COLUMN state TEXT CHECK (state IN ('new', 'old'));",
    },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { existing, statement, name, checks, generated, hasDefaultClause } = column;
      if (existing === undefined || generated !== 'no') continue;
      const tested = {
        name: name.text,
        defaultExpression: column.defaultExpression,
        holds: kindOfValues(column),
      };
      if (!checks.some((check) => failsWithDefault(check, tested))) continue;
      const value = hasDefaultClause ? `its default ${defaultText(column)}` : 'NULL, having no default';
      context.report({
        at: wordAfter(statement, 'CHECK', name.end) ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: they get ${value}, and the CHECK of ${name.text} is false for that.`,
        help: `Give ${name.text} a default that the CHECK allows, or let the CHECK allow this one.`,
      });
    }
  },
});

function kindOfValues({ type, isCollated }: AddedColumn): 'text' | 'number' | 'unknown' {
  const affinity = affinityOf(type);
  if (affinity === 'TEXT') return isCollated ? 'unknown' : 'text';
  return affinity === 'BLOB' ? 'unknown' : 'number';
}

/** SQL's three values, and `unknown` where this evaluation is not sure. */
type Truth = true | false | 'null' | 'unknown';

type Value =
  | { readonly kind: 'null' | 'unknown' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string };

interface NewColumn {
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
const failsWithDefault = (check: SyntaxNode, column: NewColumn): boolean => truthOf(check, column) === false;

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
