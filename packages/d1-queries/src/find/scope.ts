import type { Node } from 'oxc-parser';
import {
  childrenOf,
  contains,
  isClass,
  isFunction,
  keyOf,
  type ClassNode,
  type FunctionNode,
  type SourceFile,
} from './source-file.ts';

type Declarator = Extract<Node, { type: 'VariableDeclarator' }>;
type Enum = Extract<Node, { type: 'TSEnumDeclaration' }>;
type Loop = Extract<Node, { type: 'ForOfStatement' | 'ForInStatement' }>;

/** Where in a value a destructured name stands: keys, indexes, and `…` for the rest. */
export type Path = readonly string[];

/** What declares a name. */
export type Declaration =
  | {
      readonly kind: 'variable';
      readonly node: Declarator;
      readonly isConst: boolean;
      readonly path: Path;
      readonly otherwise: Node | undefined;
    }
  | {
      readonly kind: 'parameter';
      readonly fn: FunctionNode;
      readonly index: number;
      readonly path: Path;
      readonly otherwise: Node | undefined;
      readonly type: Node | undefined;
    }
  | { readonly kind: 'loop'; readonly node: Loop; readonly path: Path }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  | { readonly kind: 'class'; readonly node: ClassNode }
  | { readonly kind: 'enum'; readonly node: Enum }
  | { readonly kind: 'import'; readonly specifier: string; readonly imported: string };

type Names = Map<string, Declaration>;

const known = new WeakMap<Node, Names>();

/** What a name means at a node; undefined for a global. */
export function declarationOf(name: string, at: Node, file: SourceFile): Declaration | undefined {
  for (let node: Node | undefined = at; node !== undefined; node = file.parentOf(node)) {
    const found = namesOf(node).get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const NONE: Names = new Map();

function namesOf(scope: Node): Names {
  const isScope =
    isFunction(scope) ||
    isClass(scope) ||
    /^(Program|BlockStatement|StaticBlock|SwitchStatement|For.*Statement)$/.test(scope.type);
  if (!isScope) return NONE;
  const before = known.get(scope);
  if (before !== undefined) return before;
  const names: Names = new Map();
  known.set(scope, names);
  declare(scope, names);
  return names;
}

function declare(scope: Node, names: Names): void {
  if (isFunction(scope)) {
    if (scope.id !== null && scope.type === 'FunctionExpression')
      names.set(scope.id.name, { kind: 'function', node: scope });
    for (const [index, param] of scope.params.entries()) declareParameter(scope, index, param, names);
    if (scope.body !== null) declareVars(scope.body, names);
  } else if (isClass(scope)) {
    if (scope.id !== null) names.set(scope.id.name, { kind: 'class', node: scope });
  } else if (scope.type === 'ForStatement') {
    if (scope.init?.type === 'VariableDeclaration') declareStatement(scope.init, names);
  } else if (scope.type === 'ForOfStatement' || scope.type === 'ForInStatement') {
    const [declarator] = scope.left.type === 'VariableDeclaration' ? scope.left.declarations : [];
    if (declarator !== undefined)
      for (const { name, path } of namesIn(declarator.id))
        names.set(name, { kind: 'loop', node: scope, path });
  } else {
    const statements =
      scope.type === 'SwitchStatement'
        ? scope.cases.flatMap(({ consequent }) => consequent)
        : childrenOf(scope);
    for (const statement of statements) declareStatement(statement, names);
    if (scope.type === 'Program') declareVars(scope, names);
  }
}

function declareParameter(fn: FunctionNode, index: number, param: Node, names: Names): void {
  const pattern = param.type === 'TSParameterProperty' ? param.parameter : param;
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
  const type = 'typeAnnotation' in target && target.typeAnnotation ? target.typeAnnotation : undefined;
  for (const { name, path, otherwise } of namesIn(pattern))
    names.set(name, {
      kind: 'parameter',
      fn,
      index,
      path,
      otherwise,
      type: path.length === 0 ? type : undefined,
    });
}

function declareStatement(statement: Node, names: Names): void {
  switch (statement.type) {
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (statement.declaration !== null) declareStatement(statement.declaration, names);
      break;
    case 'VariableDeclaration':
      for (const declarator of statement.declarations)
        for (const { name, path, otherwise } of namesIn(declarator.id))
          names.set(name, {
            kind: 'variable',
            node: declarator,
            isConst: statement.kind === 'const',
            path,
            otherwise,
          });
      break;
    case 'FunctionDeclaration':
      if (statement.id !== null) names.set(statement.id.name, { kind: 'function', node: statement });
      break;
    case 'ClassDeclaration':
      if (statement.id !== null) names.set(statement.id.name, { kind: 'class', node: statement });
      break;
    case 'TSEnumDeclaration':
      names.set(statement.id.name, { kind: 'enum', node: statement });
      break;
    case 'ImportDeclaration':
      for (const one of statement.specifiers) {
        const imported =
          one.type === 'ImportDefaultSpecifier'
            ? 'default'
            : one.type === 'ImportNamespaceSpecifier'
              ? '*'
              : (keyOf(one.imported, false) ?? '');
        names.set(one.local.name, { kind: 'import', specifier: statement.source.value, imported });
      }
      break;
  }
}

/** `var` in blocks belongs to the function. */
function declareVars(root: Node, names: Names): void {
  const open = childrenOf(root);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isFunction(node) || isClass(node)) continue;
    if (node.type === 'VariableDeclaration' && node.kind === 'var') declareStatement(node, names);
    open.push(...childrenOf(node));
  }
}

interface Named {
  readonly name: string;
  readonly path: Path;
  readonly otherwise: Node | undefined;
}

/** The names that a pattern declares. */
function namesIn(pattern: Node, path: Path = [], otherwise?: Node): readonly Named[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ name: pattern.name, path, otherwise }];
    case 'AssignmentPattern':
      return namesIn(pattern.left, path, pattern.right);
    case 'RestElement':
      return namesIn(pattern.argument, [...path, '…']);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element, index) =>
        element === null
          ? []
          : namesIn(element, element.type === 'RestElement' ? path : [...path, String(index)]),
      );
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement'
          ? namesIn(property, path)
          : namesIn(property.value, [...path, keyOf(property.key, property.computed) ?? '…']),
      );
    default:
      return [];
  }
}

/** The function or file in which a node stands. */
export function ownerOf(node: Node, file: SourceFile): Node {
  let at = file.parentOf(node);
  while (at !== undefined && !isFunction(at) && at.type !== 'Program') at = file.parentOf(at);
  return at ?? file.program;
}

export function enclosingClass(node: Node, file: SourceFile): ClassNode | undefined {
  let at = file.parentOf(node);
  while (at !== undefined && !isClass(at)) at = file.parentOf(at);
  return isClass(at) && contains(at.body, node) ? at : undefined;
}
