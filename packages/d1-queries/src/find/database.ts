import type { Node } from 'oxc-parser';
import { callersOf } from './callers.ts';
import { topOf, type Evaluator } from './evaluator.ts';
import { constructorOf, returnsOf } from './members.ts';
import { declarationOf, enclosingClass } from './scope.ts';
import {
  argumentAt,
  bare,
  keyOf,
  memberName,
  type CallNode,
  type FunctionNode,
  type SourceFile,
} from './source-file.ts';

/** Bindings that an expression may be; empty for a database of which nobody knows which it is, undefined for none. */
export type Bindings = ReadonlySet<string> | undefined;

const MAX_DEPTH = 8;

/** Follows a value back to the binding that it is. */
export class Databases {
  readonly #names: ReadonlySet<string>;
  readonly #evaluator: Evaluator;
  readonly #callers = new Map<FunctionNode, ReturnType<typeof callersOf>>();

  /** `names` are the bindings of the wrangler config. */
  constructor(names: Iterable<string>, evaluator: Evaluator) {
    this.#names = new Set(names);
    this.#evaluator = evaluator;
  }

  of(expression: Node, file: SourceFile, depth = 0): Bindings {
    if (depth > MAX_DEPTH) return undefined;
    const node = bare(expression);
    const follow = (one: Node, inFile = file) => this.of(one, inFile, depth + 1);
    switch (node.type) {
      case 'MemberExpression': {
        const name = memberName(node);
        if (name === undefined) return undefined;
        if (this.#names.has(name)) return new Set([name]);
        const around = node.object.type === 'ThisExpression' ? enclosingClass(node, file) : undefined;
        return around === undefined ? undefined : this.#ofProperty(around, name, file, depth);
      }
      case 'Identifier':
        return this.#ofName(node, node.name, file, depth);
      case 'AwaitExpression':
        return follow(node.argument);
      case 'ConditionalExpression':
        return both(follow(node.consequent), follow(node.alternate));
      case 'LogicalExpression':
        return both(follow(node.left), follow(node.right));
      case 'AssignmentExpression':
        return follow(node.right);
      case 'CallExpression':
        return this.#ofCall(node, file, depth);
      default:
        return undefined;
    }
  }

  #ofCall(node: CallNode, file: SourceFile, depth: number): Bindings {
    const callee = bare(node.callee);
    if (callee.type === 'MemberExpression' && memberName(callee) === 'withSession')
      return this.of(callee.object, file, depth + 1);
    for (const value of this.#evaluator.evaluate(callee, topOf(file))) {
      if (value.kind !== 'thing') continue;
      const { thing } = value;
      const [first] = node.arguments;
      if (thing.kind === 'foreign' && thing.specifier === 'd1-queries/worker' && first !== undefined)
        return this.of(first, file, depth + 1);
      if (thing.kind === 'function')
        return returnsOf(thing.node)
          .map((one) => this.of(one, thing.scope.file, depth + 1))
          .reduce(both, undefined);
    }
    return undefined;
  }

  #ofName(node: Node, name: string, file: SourceFile, depth: number): Bindings {
    const declaration = declarationOf(name, node, file);
    switch (declaration?.kind) {
      case 'variable': {
        const key = declaration.path.at(-1);
        if (key !== undefined) return this.#names.has(key) ? new Set([key]) : undefined;
        const { id, init } = declaration.node;
        const found = init === null ? undefined : this.of(init, file, depth + 1);
        return found ?? (isDatabaseType(id) ? new Set() : undefined);
      }
      case 'parameter': {
        const key = declaration.path.at(-1);
        if (key !== undefined && this.#names.has(key)) return new Set([key]);
        if (key !== undefined) return undefined;
        const isTyped = isDatabaseType(declaration.type);
        return this.#ofParameter(declaration.fn, declaration.index, isTyped, file, depth);
      }
      case 'import': {
        const from = this.#evaluator.project.resolve(file, declaration.specifier);
        const found = from?.program.body.flatMap((statement) =>
          statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'VariableDeclaration'
            ? statement.declaration.declarations.filter(
                ({ id }) => id.type === 'Identifier' && id.name === declaration.imported,
              )
            : [],
        )[0];
        return from === undefined || !found?.init ? undefined : this.of(found.init, from, depth + 1);
      }
      default:
        return undefined;
    }
  }

  /** What its callers give. */
  #ofParameter(fn: FunctionNode, index: number, isTyped: boolean, file: SourceFile, depth: number): Bindings {
    const known = this.#callers.get(fn);
    const callers = known ?? callersOf(fn, file, this.#evaluator);
    this.#callers.set(fn, callers);
    const given = callers.map((caller) => {
      const node = caller.node;
      const argument =
        caller.isSure && (node.type === 'CallExpression' || node.type === 'NewExpression')
          ? argumentAt(node.arguments, index)
          : undefined;
      return argument === undefined ? undefined : this.of(argument, caller.file, depth + 1);
    });
    return given.reduce(both, undefined) ?? (isTyped ? new Set() : undefined);
  }

  #ofProperty(
    around: Parameters<typeof constructorOf>[0],
    name: string,
    file: SourceFile,
    depth: number,
  ): Bindings {
    const own = around.body.body.find(
      (one) => one.type === 'PropertyDefinition' && keyOf(one.key, one.computed) === name,
    );
    if (own?.type === 'PropertyDefinition' && own.value !== null) return this.of(own.value, file, depth + 1);
    const isTyped = own?.type === 'PropertyDefinition' && isDatabaseType(own);
    const constructor = constructorOf(around);
    if (constructor === undefined) return isTyped ? new Set() : undefined;
    for (const [index, param] of constructor.params.entries()) {
      if (param.type !== 'TSParameterProperty') continue;
      const target = param.parameter.type === 'AssignmentPattern' ? param.parameter.left : param.parameter;
      if (target.type === 'Identifier' && target.name === name)
        return this.#ofParameter(constructor, index, isDatabaseType(target), file, depth);
    }
    for (const statement of constructor.body?.body ?? []) {
      const set = statement.type === 'ExpressionStatement' ? bare(statement.expression) : undefined;
      if (
        set?.type === 'AssignmentExpression' &&
        set.left.type === 'MemberExpression' &&
        memberName(set.left) === name
      )
        return this.of(set.right, file, depth + 1) ?? (isTyped ? new Set() : undefined);
    }
    return isTyped ? new Set() : undefined;
  }
}

const both = (a: Bindings, b: Bindings): Bindings =>
  a === undefined ? b : b === undefined ? a : new Set([...a, ...b]);

/** `D1Database`, `D1DatabaseSession`, also where it may be missing. */
function isDatabaseType(annotated: Node | undefined): boolean {
  const annotation =
    annotated !== undefined && 'typeAnnotation' in annotated && annotated.type !== 'TSTypeAnnotation'
      ? annotated.typeAnnotation
      : annotated;
  const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : annotation;
  if (type?.type === 'TSUnionType') return type.types.some((one) => isDatabaseType(one));
  return (
    type?.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    /^D1Database(Session)?$/.test(type.typeName.name)
  );
}
