import type { Node } from 'oxc-parser';
import { tagArguments } from './call-values.ts';
import { argumentsOf, itemsOf, type Evaluator } from './evaluator.ts';
import { superClass } from './members.ts';
import { enclosingClass } from './scope.ts';
import {
  bare,
  isClass,
  keyOf,
  memberName,
  type CallNode,
  type ClassNode,
  type FunctionNode,
  type SourceFile,
} from './source-file.ts';
import { unknown, type Arguments, type Scope } from './value.ts';

/** Where a function is called. */
export interface Caller {
  readonly file: SourceFile;
  readonly node: Node;
  /** False: a method of this name is called on something of which nobody knows what it is. */
  readonly isSure: boolean;
  given(scope: Scope): Arguments;
}

/** The callers of a function in all files of the project. */
export function callersOf(fn: FunctionNode, file: SourceFile, evaluator: Evaluator): readonly Caller[] {
  const around = reachOf(fn, file);
  if (around.kind === 'callback') return [callback(around.call, file, evaluator)];
  const isNamed = around.kind === 'named';
  const files = [...evaluator.project.files.values()].filter(
    (one) => one === file || !isNamed || one.text.includes(around.name),
  );
  const constructed = constructedBy(fn, file);
  return files.flatMap((one) => [
    ...one.calls.flatMap((node): readonly Caller[] => {
      const isSure = calls(
        node,
        one,
        { fn, constructed, name: isNamed ? around.name : undefined },
        evaluator,
      );
      return isSure === undefined
        ? []
        : [{ file: one, node, isSure, given: (scope) => argumentsOf(node, scope, evaluator) }];
    }),
    ...one.tags
      .filter(({ tag }) => isFunctionOf(tag, one, fn, evaluator))
      .map((node): Caller => ({
        file: one,
        node,
        isSure: true,
        given: (scope) => tagArguments(node, scope),
      })),
  ]);
}

type Around =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'callback'; readonly call: CallNode }
  /** It has no name of its own: any call may be meant. */
  | { readonly kind: 'nameless' };

/** How a function is reached. */
function reachOf(fn: FunctionNode, file: SourceFile): Around {
  if (fn.id) return { kind: 'named', name: fn.id.name };
  let at: Node | undefined = file.parentOf(fn);
  while (at !== undefined && (bare(at) === fn || at.type === 'AwaitExpression')) at = file.parentOf(at);
  switch (at?.type) {
    case 'VariableDeclarator':
      return at.id.type === 'Identifier' ? { kind: 'named', name: at.id.name } : { kind: 'nameless' };
    case 'Property':
    case 'PropertyDefinition': {
      const name = keyOf(at.key, at.computed);
      return name === undefined ? { kind: 'nameless' } : { kind: 'named', name };
    }
    case 'MethodDefinition': {
      const name =
        at.kind === 'constructor' ? enclosingClass(fn, file)?.id?.name : keyOf(at.key, at.computed);
      return name === undefined ? { kind: 'nameless' } : { kind: 'named', name };
    }
    case 'AssignmentExpression': {
      const name = at.left.type === 'MemberExpression' ? memberName(at.left) : undefined;
      return name === undefined ? { kind: 'nameless' } : { kind: 'named', name };
    }
    case 'CallExpression': {
      // A wrapper gives the function a name, `const run = cache((sql) => …)`; a list gives it items.
      const parent = file.parentOf(at);
      const isOfList = at.callee.type === 'MemberExpression' && LIST_METHODS.has(memberName(at.callee) ?? '');
      if (!isOfList && parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier')
        return { kind: 'named', name: parent.id.name };
      return { kind: 'callback', call: at };
    }
    default:
      return { kind: 'nameless' };
  }
}

const LIST_METHODS: ReadonlySet<string> = new Set([
  'map',
  'forEach',
  'flatMap',
  'filter',
  'some',
  'every',
  'find',
]);

function callback(call: CallNode, file: SourceFile, evaluator: Evaluator): Caller {
  const callee = bare(call.callee);
  return {
    file,
    node: call,
    isSure: true,
    given: (scope) => ({
      at(index) {
        const isItem =
          index === 0 && callee.type === 'MemberExpression' && LIST_METHODS.has(memberName(callee) ?? '');
        return isItem
          ? itemsOf(evaluator.evaluate(callee.object, scope), call, scope)
          : [unknown(call, scope)];
      },
    }),
  };
}

interface Wanted {
  readonly fn: FunctionNode;
  /** The class whose constructor it is. */
  readonly constructed: ClassNode | undefined;
  readonly name: string | undefined;
}

/** Whether a call is one of the function; undefined where it is not. */
function calls(
  node: CallNode,
  file: SourceFile,
  { fn, constructed, name }: Wanted,
  evaluator: Evaluator,
): boolean | undefined {
  const callee = bare(node.callee);
  if (constructed !== undefined) {
    if (callee.type === 'Super') {
      const own = enclosingClass(node, file);
      return own !== undefined && superClass(own, scopeOf(file), evaluator)?.node === constructed
        ? true
        : undefined;
    }
    if (node.type !== 'NewExpression') return undefined;
    return evaluator
      .evaluate(callee, scopeOf(file))
      .some(
        (value) =>
          value.kind === 'thing' &&
          value.thing.kind === 'class' &&
          inherits(value.thing.node, constructed, file, evaluator),
      )
      ? true
      : undefined;
  }
  if (callee.type === 'MemberExpression' && name !== undefined && memberName(callee) !== name)
    return undefined;
  if (callee.type !== 'Identifier' && callee.type !== 'MemberExpression' && callee.type !== 'CallExpression')
    return undefined;
  const values = evaluator.evaluate(callee, scopeOf(file));
  if (
    values.some(
      (value) => value.kind === 'thing' && value.thing.kind === 'function' && value.thing.node === fn,
    )
  )
    return true;
  const isOpen = values.every(({ kind }) => kind === 'unknown' || kind === 'parameter');
  return isOpen && callee.type === 'MemberExpression' && name !== undefined ? false : undefined;
}

/** Whether a class has no constructor of its own, and so that of another. */
function inherits(node: ClassNode, wanted: ClassNode, file: SourceFile, evaluator: Evaluator): boolean {
  if (node === wanted) return true;
  if (node.body.body.some((member) => member.type === 'MethodDefinition' && member.kind === 'constructor'))
    return false;
  const parent = superClass(node, scopeOf(file), evaluator);
  return parent !== undefined && inherits(parent.node, wanted, parent.scope.file, evaluator);
}

const isFunctionOf = (callee: Node, file: SourceFile, fn: FunctionNode, evaluator: Evaluator): boolean =>
  evaluator
    .evaluate(callee, scopeOf(file))
    .some((value) => value.kind === 'thing' && value.thing.kind === 'function' && value.thing.node === fn);

function constructedBy(fn: FunctionNode, file: SourceFile): ClassNode | undefined {
  const method = file.parentOf(fn);
  if (method?.type !== 'MethodDefinition' || method.kind !== 'constructor') return undefined;
  const around = file.parentOf(method);
  const found = around === undefined ? undefined : file.parentOf(around);
  return isClass(found) ? found : undefined;
}

const scopeOf = (file: SourceFile): Scope => ({ file, parameters: new Map(), depth: 0 });

export const nameOfFunction = (fn: FunctionNode, file: SourceFile): string => {
  const reach = reachOf(fn, file);
  return reach.kind === 'named' ? reach.name : 'the function';
};
