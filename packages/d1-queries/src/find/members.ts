import type { MethodDefinition, Node } from 'oxc-parser';
import { topOf, type Evaluator } from './evaluator.ts';
import { ownerOf, type Path } from './scope.ts';
import {
  bare,
  childrenOf,
  isClass,
  isFunction,
  keyOf,
  memberName,
  type MemberNode,
  type ClassNode,
  type SourceFile,
} from './source-file.ts';
import { made, textOf, unknown, type Scope, type Value } from './value.ts';

interface Asked {
  /** Undefined where the source does not say it: then any of `names`, or any member. */
  readonly name: string | undefined;
  readonly names: readonly Value[];
  readonly at: Node;
  readonly scope: Scope;
}

/** What a member of a value may be. */
export function memberValues(value: Value, asked: Asked, evaluator: Evaluator): readonly Value[] {
  const { name, names, at, scope } = asked;
  if (value.kind === 'parameter') return [value];
  if (name === undefined) {
    const texts = names.map(textOf);
    if (texts.length > 0 && texts.every((text) => text !== undefined))
      return texts.flatMap((text) => memberValues(value, { ...asked, name: text }, evaluator));
    const all = keysOf(value).flatMap((key) => memberValues(value, { ...asked, name: key }, evaluator));
    return all.length > 0 ? all : [unknown(at, scope)];
  }
  if (value.kind === 'list')
    return [
      value.items[Number(name)] ??
        (name === 'length' ? made(String(value.items.length), at, scope) : unknown(at, scope)),
    ];
  if (value.kind === 'repeated') return [/^\d+$/.test(name) ? value.item : unknown(at, scope)];
  if (value.kind !== 'thing') return [unknown(at, scope)];
  const { thing } = value;
  switch (thing.kind) {
    case 'object':
      if (isChanged(name, thing.scope.file)) return [unknown(at, scope)];
      return objectMember(thing.node, name, thing.scope, evaluator) ?? [unknown(at, scope)];
    case 'enum': {
      const member = thing.node.body.members.find(({ id, computed }) => keyOf(id, computed) === name);
      return member?.initializer ? evaluator.evaluate(member.initializer, thing.scope) : [unknown(at, scope)];
    }
    case 'namespace':
      return exportValues(thing.file, name, at, evaluator) ?? [unknown(at, scope)];
    case 'class':
    case 'instance':
      if (isChanged(name, thing.scope.file)) return [unknown(at, scope)];
      return (
        classMember(thing.node, name, thing.kind === 'class', thing.scope, evaluator) ?? [unknown(at, scope)]
      );
    case 'foreign':
      return [{ kind: 'thing', thing: { ...thing, name: `${thing.name}.${name}` } }];
    default:
      return [unknown(at, scope)];
  }
}

/** Whether a member of this name becomes something else after it was made: then nobody knows what it is when it is used. */
function isChanged(name: string, file: SourceFile): boolean {
  return file.members.some((member) => {
    if (memberName(member) !== name) return false;
    const parent = file.parentOf(member);
    if (parent?.type === 'MemberExpression') return /^(push|unshift|splice)$/.test(memberName(parent) ?? '');
    if (parent?.type !== 'AssignmentExpression' || parent.left !== member) return false;
    return parent.operator !== '=' || !isMaking(member, file);
  });
}

/** In a constructor, or of an export. */
function isMaking(member: MemberNode, file: SourceFile): boolean {
  const method = file.parentOf(ownerOf(member, file));
  return (
    (method?.type === 'MethodDefinition' && method.kind === 'constructor') ||
    /^(module|exports)\b/.test(pathOf(member) ?? '')
  );
}

/** The keys of an object, a list or an enum; none where they are not all known. */
export function keysOf(value: Value): readonly string[] {
  if (value.kind === 'list') return value.items.map((_, index) => String(index));
  if (value.kind !== 'thing') return [];
  const { thing } = value;
  const keys =
    thing.kind === 'object'
      ? thing.node.properties.map((one) =>
          one.type === 'Property' ? keyOf(one.key, one.computed) : undefined,
        )
      : thing.kind === 'enum'
        ? thing.node.body.members.map(({ id, computed }) => keyOf(id, computed))
        : [];
  return keys.every((key) => key !== undefined) ? keys : [];
}

function objectMember(
  node: Extract<Node, { type: 'ObjectExpression' }>,
  name: string,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  for (const property of node.properties.toReversed()) {
    if (property.type === 'SpreadElement') {
      const found = evaluator
        .evaluate(property.argument, scope)
        .flatMap((value) =>
          value.kind === 'thing' && value.thing.kind === 'object'
            ? (objectMember(value.thing.node, name, value.thing.scope, evaluator) ?? [])
            : [],
        );
      if (found.length > 0) return found;
    } else if (keyOf(property.key, property.computed) === name) {
      return property.kind === 'get' && isFunction(property.value)
        ? returned(property.value, scope, evaluator)
        : evaluator.evaluate(property.value, scope);
    }
  }
  return undefined;
}

/** What a function without arguments returns: a getter. */
function returned(fn: Node, scope: Scope, { evaluate }: Evaluator): readonly Value[] {
  return returnsOf(fn).flatMap((one) => evaluate(one, scope));
}

/** The expressions that a function returns. */
export function returnsOf(fn: Node): readonly Node[] {
  if (!isFunction(fn) || fn.body === null) return [];
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  const found: Node[] = [];
  const open: Node[] = [...childrenOf(fn.body)].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isFunction(node) || isClass(node)) continue;
    if (node.type === 'ReturnStatement' && node.argument !== null) found.push(node.argument);
    open.push(...childrenOf(node).reverse());
  }
  return found;
}

/** Also of the classes that it extends; where they leave it open, of those that extend it. */
function classMember(
  node: ClassNode,
  name: string,
  isStatic: boolean,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  const own = ownMember(node, name, isStatic, scope, evaluator);
  if (own !== undefined) return own;
  const parent = superClass(node, scope, evaluator);
  const inherited = parent && classMember(parent.node, name, isStatic, parent.scope, evaluator);
  if (inherited !== undefined) return inherited;
  const below = subclasses(node, evaluator).flatMap(
    (one) => ownMember(one.node, name, isStatic, one.scope, evaluator) ?? [],
  );
  return below.length > 0 ? below : undefined;
}

interface ClassIn {
  readonly node: ClassNode;
  readonly scope: Scope;
}

export function superClass(
  { superClass: parent }: ClassNode,
  scope: Scope,
  { evaluate }: Evaluator,
): ClassIn | undefined {
  const [value] = parent === null ? [] : evaluate(parent, scope);
  return value?.kind === 'thing' && value.thing.kind === 'class' ? value.thing : undefined;
}

export function subclasses(node: ClassNode, evaluator: Evaluator): readonly ClassIn[] {
  const name = node.id?.name;
  if (name === undefined) return [];
  return [...evaluator.project.files.values()]
    .filter(({ text }) => text.includes(name))
    .flatMap((one) =>
      one.classes
        .filter((other) => other !== node && superClass(other, topOf(one), evaluator)?.node === node)
        .map((other) => ({ node: other, scope: topOf(one) })),
    );
}

function ownMember(
  node: ClassNode,
  name: string,
  isStatic: boolean,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  for (const member of node.body.body) {
    if (
      member.type === 'MethodDefinition' &&
      member.static === isStatic &&
      keyOf(member.key, member.computed) === name
    ) {
      return member.kind === 'get'
        ? returned(member.value, scope, evaluator)
        : [{ kind: 'thing', thing: { kind: 'function', node: member.value, scope } }];
    }
    if (
      member.type === 'PropertyDefinition' &&
      member.static === isStatic &&
      keyOf(member.key, member.computed) === name
    ) {
      if (member.value !== null) return evaluator.evaluate(member.value, scope);
      return (
        (isStatic ? undefined : setInConstructor(node, name, scope, evaluator)) ??
        instancesOf(member.typeAnnotation ?? undefined, scope, evaluator)
      );
    }
  }
  return isStatic ? undefined : setInConstructor(node, name, scope, evaluator);
}

/** An instance of the class that a type names; undefined for other types. */
export function instancesOf(
  type: Node | undefined,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  const reference = type?.type === 'TSTypeAnnotation' ? type.typeAnnotation : type;
  if (reference?.type !== 'TSTypeReference' || reference.typeName.type !== 'Identifier') return undefined;
  const [value] = evaluator.evaluate(reference.typeName, { ...scope, parameters: new Map() });
  return value?.kind === 'thing' && value.thing.kind === 'class'
    ? [{ kind: 'thing', thing: { ...value.thing, kind: 'instance' } }]
    : undefined;
}

/** `constructor(private name)`, and `this.name = …` in it. */
function setInConstructor(
  node: ClassNode,
  name: string,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] | undefined {
  const made = constructorOf(node);
  if (made === undefined) return undefined;
  for (const [index, param] of made.params.entries()) {
    if (param.type !== 'TSParameterProperty') continue;
    const target = param.parameter.type === 'AssignmentPattern' ? param.parameter.left : param.parameter;
    if (target.type !== 'Identifier' || target.name !== name) continue;
    const type = target.typeAnnotation ?? undefined;
    return (
      scope.parameters.get(made)?.at(index) ??
      instancesOf(type, scope, evaluator) ?? [{ kind: 'parameter', fn: made, file: scope.file, at: target }]
    );
  }
  for (const statement of made.body?.body ?? []) {
    const set = statement.type === 'ExpressionStatement' ? bare(statement.expression) : undefined;
    if (set?.type !== 'AssignmentExpression' || set.left.type !== 'MemberExpression') continue;
    if (set.left.object.type === 'ThisExpression' && keyOf(set.left.property, set.left.computed) === name)
      return evaluator.evaluate(set.right, scope);
  }
  return undefined;
}

export const constructorOf = (node: ClassNode) =>
  node.body.body.find(
    (member): member is MethodDefinition =>
      member.type === 'MethodDefinition' && member.kind === 'constructor',
  )?.value;

/** Follows a destructuring. */
export function pathValues(
  values: readonly Value[],
  path: Path,
  at: Node,
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] {
  return path.reduce(
    (all, name) =>
      all.flatMap((value) =>
        name === '…' ? [unknown(at, scope)] : memberValues(value, { name, names: [], at, scope }, evaluator),
      ),
    values,
  );
}

/** What a file exports under a name; undefined where it does not. */
export function exportValues(
  file: SourceFile,
  name: string,
  at: Node,
  evaluator: Evaluator,
  visited: ReadonlySet<SourceFile> = new Set(),
): readonly Value[] | undefined {
  if (visited.has(file)) return undefined;
  const scope = topOf(file);
  if (file.isText) {
    return [{ kind: 'text', pieces: [{ text: file.text, file, start: 0, kind: 'written' }] }];
  }
  const seen = new Set(visited).add(file);
  const { evaluate, project } = evaluator;
  const named = (local: Node): readonly Value[] => evaluate(local, scope);
  const stars: SourceFile[] = [];
  for (const statement of file.program.body) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default')
      return named(statement.declaration);
    if (statement.type === 'ExportNamedDeclaration') {
      for (const { local, exported } of statement.specifiers) {
        if (keyOf(exported, false) !== name) continue;
        if (statement.source === null) return named(local);
        const from = project.resolve(file, statement.source.value);
        return from === undefined
          ? [{ kind: 'thing', thing: { kind: 'foreign', specifier: statement.source.value, name } }]
          : exportValues(from, keyOf(local, false) ?? '', at, evaluator, seen);
      }
      const declared = statement.declaration === null ? undefined : declaredIn(statement.declaration, name);
      if (declared !== undefined) return named(declared);
    }
    if (statement.type === 'ExportAllDeclaration') {
      const from = project.resolve(file, statement.source.value);
      if (from === undefined) continue;
      if (statement.exported === null) stars.push(from);
      else if (keyOf(statement.exported, false) === name)
        return [{ kind: 'thing', thing: { kind: 'namespace', file: from } }];
    }
    const common = commonExport(statement, name);
    if (common !== undefined)
      return common.isWhole && name !== 'default'
        ? memberOfExport(named(common.node), name, at, scope, evaluator)
        : named(common.node);
  }
  for (const star of stars) {
    const found = exportValues(star, name, at, evaluator, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

const memberOfExport = (
  values: readonly Value[],
  name: string,
  at: Node,
  scope: Scope,
  evaluator: Evaluator,
) => values.flatMap((value) => memberValues(value, { name, names: [], at, scope }, evaluator));

/** The node that stands for a name that is declared in an export. */
function declaredIn(declaration: Node, name: string): Node | undefined {
  if (declaration.type === 'VariableDeclaration') {
    for (const { id } of declaration.declarations) {
      const found = identifierIn(id, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return 'id' in declaration &&
    declaration.id !== null &&
    'name' in declaration.id &&
    declaration.id.name === name
    ? declaration.id
    : undefined;
}

const identifierIn = (pattern: Node, name: string): Node | undefined =>
  pattern.type === 'Identifier'
    ? pattern.name === name
      ? pattern
      : undefined
    : childrenOf(pattern)
        .map((child) => identifierIn(child, name))
        .find((found) => found !== undefined);

/** `module.exports = …`, `module.exports.name = …`, `exports.name = …`. */
function commonExport(
  statement: Node,
  name: string,
): { readonly node: Node; readonly isWhole: boolean } | undefined {
  if (statement.type !== 'ExpressionStatement') return undefined;
  const set = bare(statement.expression);
  if (set.type !== 'AssignmentExpression' || set.left.type !== 'MemberExpression') return undefined;
  const written = pathOf(set.left);
  if (written === 'module.exports') return { node: set.right, isWhole: true };
  return written === `module.exports.${name}` || written === `exports.${name}`
    ? { node: set.right, isWhole: false }
    : undefined;
}

/** `a.b.c` as it is written; undefined for what is no such chain. */
export function pathOf(node: Node): string | undefined {
  const at = bare(node);
  if (at.type === 'Identifier') return at.name;
  if (at.type === 'ThisExpression') return 'this';
  if (at.type !== 'MemberExpression') return undefined;
  const object = pathOf(at.object);
  const name = keyOf(at.property, at.computed);
  return object === undefined || name === undefined ? undefined : `${object}.${name}`;
}
