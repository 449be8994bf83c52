import type { Node } from 'oxc-parser';
import { callValues, tagValues } from './call-values.ts';
import { listOf, itemsOf, templateParts, type Evaluator } from './evaluator.ts';
import { flowTo, isWritten } from './flow.ts';
import { exportValues, instancesOf, memberValues, pathValues } from './members.ts';
import type { Project } from './project.ts';
import { declarationOf, enclosingClass, type Declaration } from './scope.ts';
import { bare, isClass, isFunction, memberName } from './source-file.ts';
import { literalValues } from './type-values.ts';
import { concat, limited, made, NOTHING, product, textOf, unknown, type Scope, type Value } from './value.ts';

/** How deep calls, variables and expressions may lie in each other. */
const MAX_DEPTH = 60;

export function openEvaluator(project: Project): Evaluator {
  const evaluator: Evaluator = {
    project,
    evaluate(node, scope) {
      if (scope.depth > MAX_DEPTH) return [unknown(node, scope)];
      return limited(valuesOf(bare(node), { ...scope, depth: scope.depth + 1 }, evaluator));
    },
  };
  return evaluator;
}

function valuesOf(node: Node, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const evaluate = (one: Node) => evaluator.evaluate(one, scope);
  if (isFunction(node)) return [{ kind: 'thing', thing: { kind: 'function', node, scope } }];
  if (isClass(node)) return [{ kind: 'thing', thing: { kind: 'class', node, scope } }];
  switch (node.type) {
    case 'Literal':
      return [literal(node, scope)];
    case 'TemplateLiteral':
      return concat(templateParts(node, scope, (one) => withoutWords(evaluate(one), one, scope)));
    case 'BinaryExpression':
      return node.operator === '+' ? sum(node, scope, evaluator) : [unknown(node, scope)];
    case 'ConditionalExpression':
      return [...evaluate(node.consequent), ...evaluate(node.alternate)];
    case 'LogicalExpression':
      return node.operator === '&&'
        ? [NOTHING, ...evaluate(node.right)]
        : [...evaluate(node.left).filter(({ kind }) => kind !== 'nothing'), ...evaluate(node.right)];
    case 'Identifier':
      return identifierValues(node, node.name, scope, evaluator);
    case 'ThisExpression': {
      const around = enclosingClass(node, scope.file);
      return around === undefined
        ? [unknown(node, scope)]
        : [{ kind: 'thing', thing: { kind: 'instance', node: around, scope } }];
    }
    case 'MemberExpression': {
      const name = memberName(node);
      const names: readonly Value[] = node.computed && name === undefined ? evaluate(node.property) : [];
      return evaluate(node.object).flatMap((value) =>
        memberValues(value, { name, names, at: node, scope }, evaluator),
      );
    }
    case 'CallExpression':
    case 'NewExpression':
      return callValues(node, scope, evaluator);
    case 'ImportExpression': {
      const [specifier] = evaluate(node.source).map(textOf);
      const file = specifier === undefined ? undefined : evaluator.project.resolve(scope.file, specifier);
      return [
        file === undefined ? unknown(node, scope) : { kind: 'thing', thing: { kind: 'namespace', file } },
      ];
    }
    case 'TaggedTemplateExpression':
      return tagValues(node, scope, evaluator);
    case 'ObjectExpression':
      return [{ kind: 'thing', thing: { kind: 'object', node, scope } }];
    case 'ArrayExpression':
      return listOf(node.elements, scope, evaluator);
    case 'AwaitExpression':
      return evaluate(node.argument);
    case 'AssignmentExpression':
      return node.operator === '=' ? evaluate(node.right) : [unknown(node, scope)];
    case 'UnaryExpression':
      return evaluate(node.argument).map((value) =>
        node.operator === '-' && isNumber(value)
          ? made(`-${textOf(value)}`, node, scope)
          : unknown(node, scope),
      );
    case 'SequenceExpression':
      return node.expressions.slice(-1).flatMap(evaluate);
    default:
      return [unknown(node, scope)];
  }
}

function literal(node: Extract<Node, { type: 'Literal' }>, scope: Scope): Value {
  switch (typeof node.value) {
    case 'string':
      return {
        kind: 'text',
        pieces: [{ text: node.value, file: scope.file, start: node.start + 1, kind: 'written' }],
      };
    case 'number':
    case 'bigint':
      return made(String(node.value), node, scope);
    case 'boolean':
      return node.value ? made('true', node, scope) : NOTHING;
    default:
      return node.raw === 'null' ? NOTHING : unknown(node, scope);
  }
}

/** What is null or undefined in one form of a template is taken for nothing: as a word it would be a mistake. */
const withoutWords = (values: readonly Value[], at: Node, scope: Scope): readonly Value[] =>
  values.map((value) => (value.kind === 'nothing' ? made('', at, scope) : value));

/** `+`, from left to right without recursion: some build a long text line by line. */
function sum(node: Node, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const operands: Node[] = [];
  let at = node;
  while (at.type === 'BinaryExpression' && at.operator === '+') {
    operands.unshift(at.right);
    at = bare(at.left);
  }
  operands.unshift(at);
  const parts = operands.map((one) => evaluator.evaluate(one, scope));
  return product(parts).map((form) => {
    const numbers = form.map((value) => Number(isNumber(value) ? textOf(value) : Number.NaN));
    return numbers.every(Number.isFinite)
      ? made(String(numbers.reduce((a, b) => a + b, 0)), node, scope)
      : (concat(form.map((value) => [value]))[0] ?? unknown(node, scope));
  });
}

const isNumber = (value: Value): boolean =>
  value.kind === 'text' &&
  value.pieces.length === 1 &&
  value.pieces[0]?.kind === 'made' &&
  /^\d+$/.test(value.pieces[0].text);

function identifierValues(node: Node, name: string, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const declaration = declarationOf(name, node, scope.file);
  if (declaration === undefined) return [name === 'undefined' ? NOTHING : unknown(node, scope)];
  return declaredValues(declaration, node, scope, evaluator);
}

function declaredValues(
  declaration: Declaration,
  at: Node,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] {
  const { evaluate, project } = evaluator;
  const follow = (values: readonly Value[], path: readonly string[], otherwise: Node | undefined) => {
    const found = pathValues(values, path, at, scope, evaluator);
    return otherwise === undefined
      ? found
      : [
          ...found.filter(({ kind }) => kind !== 'nothing' && kind !== 'unknown'),
          ...evaluate(otherwise, scope),
        ];
  };
  switch (declaration.kind) {
    case 'variable': {
      const { node, path, otherwise } = declaration;
      if (scope.current?.declarator === node) return scope.current.values;
      if (isWritten(declaration, scope.file)) return flowTo(declaration, at, scope, evaluator);
      // `for (let i = 0; …)` and the like.
      if (node.init === null) return [unknown(at, scope)];
      const values = follow(evaluate(node.init, scope), path, otherwise);
      return values.some(({ kind }) => kind === 'unknown')
        ? (literalValues(node.id, scope) ?? values)
        : values;
    }
    case 'parameter': {
      const { fn, index, path, otherwise, type } = declaration;
      const given = scope.parameters.get(fn);
      if (given !== undefined) {
        const values = follow(given.at(index), path, otherwise);
        return values.some(({ kind }) => kind === 'unknown') && type !== undefined
          ? (literalValues(type, scope) ?? values)
          : values;
      }
      const typed =
        type === undefined ? undefined : (literalValues(type, scope) ?? instancesOf(type, scope, evaluator));
      return typed ?? [{ kind: 'parameter', fn, file: scope.file, at }];
    }
    case 'loop':
      if (declaration.node.type === 'ForInStatement') return [unknown(at, scope)];
      return pathValues(
        itemsOf(evaluate(declaration.node.right, scope), at, scope),
        declaration.path,
        at,
        scope,
        evaluator,
      );
    case 'function':
      return [{ kind: 'thing', thing: { kind: 'function', node: declaration.node, scope } }];
    case 'class':
      return [{ kind: 'thing', thing: { kind: 'class', node: declaration.node, scope } }];
    case 'enum':
      return [{ kind: 'thing', thing: { kind: 'enum', node: declaration.node, scope } }];
    case 'import': {
      const { specifier, imported } = declaration;
      const file = project.resolve(scope.file, specifier);
      if (file === undefined)
        return [{ kind: 'thing', thing: { kind: 'foreign', specifier, name: imported } }];
      if (imported === '*') return [{ kind: 'thing', thing: { kind: 'namespace', file } }];
      return exportValues(file, imported, at, evaluator) ?? [unknown(at, scope)];
    }
  }
}
