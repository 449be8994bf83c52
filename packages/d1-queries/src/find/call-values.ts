import type { Node } from 'oxc-parser';
import { argumentsOf, itemsOf, templateParts, type Evaluator } from './evaluator.ts';
import { constructorOf, keysOf, memberValues, pathOf, returnsOf } from './members.ts';
import { bare, memberName, type CallNode, type TagNode } from './source-file.ts';
import {
  concat,
  joinList,
  made,
  NOTHING,
  product,
  textOf,
  unknown,
  type Arguments,
  type Scope,
  type TextValue,
  type Thing,
  type Value,
} from './value.ts';

/** What a call may return. */
export function callValues(node: CallNode, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const callee = bare(node.callee);
  const path = pathOf(callee) ?? '';
  const known = builtIn(path, node, scope, evaluator);
  if (known !== undefined) return known;
  if (callee.type === 'MemberExpression') {
    const method = METHODS[memberName(callee) ?? ''];
    if (method !== undefined) {
      const found = evaluator
        .evaluate(callee.object, scope)
        .map((value) => method(value, { node, scope, evaluator }));
      if (found.every((values) => values !== undefined)) return found.flat();
    }
  }
  return evaluator.evaluate(callee, scope).flatMap((value) => call(value, node, scope, evaluator));
}

function call(value: Value, node: CallNode, scope: Scope, evaluator: Evaluator): readonly Value[] {
  if (value.kind === 'parameter') return [value];
  if (value.kind !== 'thing') return [unknown(node, scope)];
  const { thing } = value;
  if (thing.kind === 'class') return [{ kind: 'thing', thing: instanceOf(thing, node, scope, evaluator) }];
  if (thing.kind === 'function')
    return callFunction(thing, argumentsOf(node, scope, evaluator), node, evaluator);
  // A wrapper of a package around a function: `cache(async (sql) => …)`.
  if (thing.kind === 'foreign') {
    const [first] = node.arguments;
    const wrapped = first === undefined ? [] : evaluator.evaluate(first, scope);
    if (wrapped.some((one) => one.kind === 'thing' && one.thing.kind === 'function')) return wrapped;
    if (first !== undefined && /\b(raw|ref|table|id|unsafe|lit|literal)$/.test(thing.name))
      return wrapped.map((one) => (one.kind === 'text' ? { ...one, isFragment: true } : one));
  }
  return [unknown(node, scope)];
}

function instanceOf(
  { node: made, scope: around }: Extract<Thing, { kind: 'class' }>,
  node: CallNode,
  scope: Scope,
  evaluator: Evaluator,
): Thing {
  const constructor = constructorOf(made);
  const parameters = new Map(around.parameters);
  if (constructor !== undefined) parameters.set(constructor, argumentsOf(node, scope, evaluator));
  return { kind: 'instance', node: made, scope: { ...around, parameters, depth: scope.depth } };
}

/** What a function returns when it is called so. */
export function callFunction(
  { node: fn, scope }: Extract<Thing, { kind: 'function' }>,
  given: Arguments,
  at: Node,
  { evaluate }: Evaluator,
): readonly Value[] {
  const returns = returnsOf(fn);
  if (fn.generator) return [unknown(at, scope)];
  if (returns.length === 0) return [NOTHING];
  const inside = { ...scope, parameters: new Map(scope.parameters).set(fn, given), depth: scope.depth + 1 };
  return returns.flatMap((one) => evaluate(one, inside));
}

const only = (...values: readonly Value[]): Arguments => ({ at: (index) => [values[index] ?? NOTHING] });

function builtIn(
  path: string,
  node: CallNode,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  const [first, second] = node.arguments;
  const evaluate = (one: Node | undefined) => (one === undefined ? [] : evaluator.evaluate(one, scope));
  switch (path) {
    case 'require': {
      const [specifier] = evaluate(first).map(textOf);
      const file = specifier === undefined ? undefined : evaluator.project.resolve(scope.file, specifier);
      return file === undefined ? undefined : [{ kind: 'thing', thing: { kind: 'namespace', file } }];
    }
    case 'String':
    case 'Object.freeze':
    case 'structuredClone':
      return evaluate(first);
    case 'Array':
      return [{ kind: 'repeated', item: unknown(node, scope) }];
    case 'Array.from': {
      const items = evaluate(first);
      const list: readonly Value[] = items.map((value) =>
        value.kind === 'list' ? value : { kind: 'repeated', item: unknown(node, scope) },
      );
      return second === undefined
        ? list
        : list.flatMap((one) => mapped(one, second, { node, scope, evaluator }));
    }
    case 'Array.of':
      return product(node.arguments.map((one) => evaluate(one))).map((items) => ({ kind: 'list', items }));
    case 'Object.keys':
      return evaluate(first).map((value) => {
        const keys = keysOf(value);
        return keys.length > 0
          ? { kind: 'list', items: keys.map((key) => made(key, node, scope)) }
          : unknown(node, scope);
      });
    case 'Object.values':
      return evaluate(first).flatMap((value) => {
        const keys = keysOf(value);
        if (keys.length === 0) return [unknown(node, scope)];
        const members = keys.map((name) =>
          memberValues(value, { name, names: [], at: node, scope }, evaluator),
        );
        return product(members).map((items): Value => ({ kind: 'list', items }));
      });
    default:
      return undefined;
  }
}

interface Call {
  readonly node: CallNode;
  readonly scope: Scope;
  readonly evaluator: Evaluator;
}

/** Undefined: the method is not one of the language. */
type Method = (value: Value, call: Call) => readonly Value[] | undefined;

const same: Method = (value) =>
  value.kind === 'text' || value.kind === 'list' || value.kind === 'repeated' ? [value] : undefined;

const ofText =
  (change: (text: string) => string): Method =>
  (value, { node, scope }) => {
    if (value.kind !== 'text') return undefined;
    const [piece] = value.pieces;
    if (value.pieces.length !== 1 || piece === undefined) return [unknown(node, scope)];
    return [{ ...value, pieces: [{ ...piece, text: change(piece.text) }] }];
  };

const METHODS: Readonly<Record<string, Method>> = {
  trim: same,
  trimStart: same,
  trimEnd: same,
  toString: same,
  normalize: same,
  reverse: same,
  sort: same,
  toSorted: same,
  flat: same,
  toUpperCase: ofText((text) => text.toUpperCase()),
  toLowerCase: ofText((text) => text.toLowerCase()),
  // Of white space alone.
  replace: blanked,
  replaceAll: blanked,
  concat(value, { node, scope, evaluator }) {
    const given = node.arguments.map((one) => evaluator.evaluate(one, scope));
    if (value.kind === 'text') return concat([[value], ...given]);
    if (value.kind !== 'list') return undefined;
    return product(given).map((more) => ({
      kind: 'list',
      items: [...value.items, ...more.flatMap((one) => (one.kind === 'list' ? one.items : [one]))],
    }));
  },
  repeat(value, { node }) {
    if (value.kind !== 'text') return undefined;
    const times = node.arguments[0];
    if (times?.type === 'Literal' && typeof times.value === 'number')
      return [
        { ...value, pieces: Array.from({ length: Math.min(times.value, 100) }, () => value.pieces).flat() },
      ];
    return [{ ...value, pieces: value.pieces.map((piece) => ({ ...piece, kind: 'placeholders' })) }];
  },
  slice: cut,
  substring: cut,
  split(value, { node, scope }) {
    if (value.kind !== 'text') return undefined;
    return [
      value.pieces.every(({ kind }) => kind === 'placeholders')
        ? { kind: 'repeated', item: value }
        : unknown(node, scope),
    ];
  },
  join(value, { node, scope, evaluator }) {
    if (value.kind === 'unknown' || value.kind === 'parameter') return [value];
    if (value.kind !== 'list' && value.kind !== 'repeated') return undefined;
    const [first] = node.arguments;
    const separators = first === undefined ? [made(',', node, scope)] : evaluator.evaluate(first, scope);
    return separators.map((separator) => joinList(value, separator));
  },
  fill(value, { node, scope, evaluator }) {
    const [first] = node.arguments;
    if (value.kind === 'text' || value.kind === 'thing' || first === undefined) return undefined;
    return evaluator.evaluate(first, scope).map((item) => ({ kind: 'repeated', item }));
  },
  filter(value, { node, scope }) {
    if (value.kind === 'repeated') return [value];
    if (value.kind !== 'list') return undefined;
    const [first] = node.arguments;
    const isFalsy = first?.type === 'Identifier' && first.name === 'Boolean';
    if (isFalsy || first?.type === 'ArrowFunctionExpression')
      return [{ kind: 'list', items: value.items.filter(({ kind }) => kind !== 'nothing') }];
    return [unknown(node, scope)];
  },
  map(value, call) {
    const [first] = call.node.arguments;
    if (first === undefined || value.kind === 'text' || value.kind === 'thing') return undefined;
    return mapped(value, first, call);
  },
  flatMap(value, call) {
    const [first] = call.node.arguments;
    if (first === undefined || value.kind === 'text' || value.kind === 'thing') return undefined;
    return mapped(value, first, call).map((one) =>
      one.kind === 'list'
        ? { kind: 'list', items: one.items.flatMap((item) => (item.kind === 'list' ? item.items : [item])) }
        : one,
    );
  },
};

function blanked(value: Value, { node, scope }: Call): readonly Value[] | undefined {
  if (value.kind !== 'text') return undefined;
  const pattern = node.arguments[0];
  const isSpace =
    pattern?.type === 'Literal' &&
    /^\/(\^|\$|\\s|\\n|\\r|\\t|[+*| \n{}\d,])+\/[a-z]*$/.test(pattern.raw ?? '');
  return [isSpace ? value : unknown(node, scope)];
}

function cut(value: Value, { node, scope, evaluator }: Call): readonly Value[] | undefined {
  if (value.kind === 'list' || value.kind === 'repeated') return [value];
  if (value.kind !== 'text') return undefined;
  const ends = node.arguments.map((one) => Number(evaluator.evaluate(one, scope).map(textOf)[0]));
  const [piece] = value.pieces;
  if (piece === undefined || value.pieces.length !== 1 || ends.some(Number.isNaN))
    return [unknown(node, scope)];
  const text = piece.text.slice(...ends);
  // The last separator of a list that is repeated.
  return [{ ...value, pieces: [{ ...piece, text }] }];
}

/** A list in which a function was applied to each item. */
function mapped(value: Value, fn: Node, { node, scope, evaluator }: Call): readonly Value[] {
  const [callee] = evaluator.evaluate(fn, scope);
  const each = (item: Value, index: number): readonly Value[] => {
    if (fn.type === 'Identifier' && fn.name === 'String') return [item];
    if (callee?.kind !== 'thing' || callee.thing.kind !== 'function') return [unknown(node, scope)];
    return callFunction(callee.thing, only(item, made(String(index), node, scope)), node, evaluator);
  };
  if (value.kind === 'list') return product(value.items.map(each)).map((items) => ({ kind: 'list', items }));
  const [item = unknown(node, scope)] = itemsOf([value], node, scope);
  return each(item, 0).map((one) => (one.kind === 'text' ? { kind: 'repeated', item: one } : one));
}

const SQL_TAG = /(^|\.)(sql|SQL|\$queryRaw|\$executeRaw|queryRaw|executeRaw|raw)$/;

/** Whether a tag is one of those that libraries have for SQL. */
export const isSqlTag = (tag: Node): boolean =>
  SQL_TAG.test(pathOf(tag) ?? '') && pathOf(tag) !== 'String.raw';

/** What a tagged template may be. */
export function tagValues(node: TagNode, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const { tag, quasi } = node;
  if (pathOf(tag) === 'String.raw') {
    const raw = quasi.quasis.map((one) => ({ ...one, value: { ...one.value, cooked: one.value.raw } }));
    return concat(templateParts({ ...quasi, quasis: raw }, scope, (one) => evaluator.evaluate(one, scope)));
  }
  if (isSqlTag(tag)) {
    return concat(templateParts(quasi, scope, (one) => boundOrInlined(one, scope, evaluator))).map((value) =>
      value.kind === 'text' ? { ...value, isFragment: true } : value,
    );
  }
  const [called] = evaluator.evaluate(tag, scope);
  if (called?.kind === 'thing' && called.thing.kind === 'function')
    return callFunction(called.thing, tagArguments(node, scope), node, evaluator);
  return concat(templateParts(quasi, scope, (one) => evaluator.evaluate(one, scope)));
}

/** The first argument of a tag: the constant parts of its template. */
export const tagArguments = ({ quasi, ...node }: TagNode, scope: Scope): Arguments => ({
  at(index) {
    if (index > 0) return [unknown({ ...node, quasi }, scope)];
    const parts = templateParts({ ...quasi, expressions: [] }, scope, () => []);
    return [{ kind: 'list', items: parts.flat() }];
  },
});

/** In a template for SQL a value is bound, and another template is inlined. */
function boundOrInlined(node: Node, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const values = evaluator.evaluate(node, scope);
  return values.map((value): Value => {
    if (isFragment(value)) return value;
    return made('?', node, scope);
  });
}

const isFragment = (value: Value): value is TextValue => value.kind === 'text' && value.isFragment === true;
