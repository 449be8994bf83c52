import type { Node } from 'oxc-parser';
import { argumentsOf, itemsOf, listOf, type Evaluator } from './evaluator.ts';
import { declarationOf, ownerOf, type Declaration } from './scope.ts';
import {
  bare,
  childrenOf,
  contains,
  descendants,
  isFunction,
  keyOf,
  memberName,
  type FunctionNode,
  type SourceFile,
} from './source-file.ts';
import { concat, limited, product, unknown, type Scope, type Value } from './value.ts';

type Variable = Extract<Declaration, { kind: 'variable' }>;

const written = new WeakMap<Node, boolean>();

/** Whether a variable changes after it was declared: it is assigned to, or items are added to its list. */
export function isWritten(variable: Variable, file: SourceFile): boolean {
  const { node } = variable;
  const before = written.get(node);
  if (before !== undefined) return before;
  const found = node.id.type === 'Identifier' && hasWrite(ownerOf(node, file), node, node.id.name, file);
  written.set(node, found);
  return found;
}

function hasWrite(root: Node, declarator: Node, name: string, file: SourceFile): boolean {
  for (const node of descendants(root)) {
    const target = writeTarget(node);
    if (target?.type === 'Identifier' && target.name === name && isSame(target, declarator, file))
      return true;
  }
  return false;
}

/** What a node writes to: the variable of an assignment, the list of `push`. */
function writeTarget(node: Node): Node | undefined {
  if (node.type === 'AssignmentExpression') return node.left;
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined;
  return ADDING.has(memberName(node.callee) ?? '') ? bare(node.callee.object) : undefined;
}

const ADDING: ReadonlySet<string> = new Set(['push', 'unshift']);

function isSame(identifier: Extract<Node, { name: string }>, declarator: Node, file: SourceFile): boolean {
  const declaration = declarationOf(identifier.name, identifier, file);
  return declaration?.kind === 'variable' && declaration.node === declarator;
}

/** The values that a variable may have where it is used, following the statements between. */
export function flowTo(variable: Variable, use: Node, scope: Scope, evaluator: Evaluator): readonly Value[] {
  const { file } = scope;
  const { node } = variable;
  let block = file.parentOf(node);
  while (block !== undefined && !isFunction(block) && block.type !== 'Program') block = file.parentOf(block);
  const body = isFunction(block) ? block.body : block;
  if (!body) return [unknown(use, scope)];
  // What a closure sees is what the variable has become.
  const isInside = ownerOf(use, file) === ownerOf(node, file);
  const start: readonly Value[] =
    node.init === null ? [{ kind: 'nothing' }] : evaluator.evaluate(node.init, scope);
  const flow = new Flow(node, isInside ? use : undefined, evaluator);
  return flow.follow(body, { values: start, scope }, node.end);
}

interface State {
  readonly values: readonly Value[];
  readonly scope: Scope;
}

class Flow {
  readonly #declarator: Node;
  readonly #use: Node | undefined;
  readonly #evaluator: Evaluator;
  readonly #writers = new Map<Node, boolean>();
  #isThere = false;
  #after = 0;
  #depth = 0;

  constructor(declarator: Node, use: Node | undefined, evaluator: Evaluator) {
    this.#declarator = declarator;
    this.#use = use;
    this.#evaluator = evaluator;
  }

  follow(body: Node, state: State, after: number): readonly Value[] {
    this.#after = after;
    return this.#step(body, state).values;
  }

  /** What a node makes of the variable, up to its use. */
  #step(node: Node, state: State): State {
    if (this.#isThere) return state;
    if (node === this.#use) {
      this.#isThere = true;
      return state;
    }
    if (node.end <= this.#after && this.#depth === 0) return state;
    if (isFunction(node)) return state;
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        return this.#branches(this.#step(node.test, state), [node.consequent, node.alternate ?? undefined]);
      case 'LogicalExpression':
        return this.#branches(this.#step(node.left, state), [node.right, undefined]);
      case 'SwitchStatement': {
        const before = this.#step(node.discriminant, state);
        const hasDefault = node.cases.some(({ test }) => test === null);
        const cases = node.cases.map((one, index) =>
          one.consequent.length === 0
            ? node.cases.slice(index).find(({ consequent }) => consequent.length > 0)
            : one,
        );
        return this.#branches(before, [...new Set(cases), ...(hasDefault ? [] : [undefined])]);
      }
      case 'ForStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return this.#branches(state, this.#holdsUse(node.body) ? [node.body] : [undefined, node.body]);
      case 'ForOfStatement':
        return this.#branches(state, this.#holdsUse(node.body) ? [node.body] : [undefined, node.body]);
      case 'CatchClause':
        return this.#branches(state, [undefined, node.body]);
      case 'AssignmentExpression':
        return this.#assign(node, state);
      case 'CallExpression':
        return this.#call(node, state);
      default:
        return childrenOf(node).reduce((now, child) => this.#step(child, now), state);
    }
  }

  #holdsUse = (node: Node): boolean => this.#use !== undefined && contains(node, this.#use);

  #branches(state: State, branches: readonly (Node | undefined)[]): State {
    if (this.#isThere) return state;
    const holding = branches.find((branch) => branch !== undefined && this.#holdsUse(branch));
    if (holding !== undefined) return this.#step(holding, state);
    const ends = branches.flatMap((branch) =>
      branch === undefined ? state.values : leaves(branch) ? [] : this.#step(branch, state).values,
    );
    // Where every way leaves, what follows is never reached.
    return { ...state, values: ends.length === 0 ? state.values : limited(ends) };
  }

  #assign(node: Extract<Node, { type: 'AssignmentExpression' }>, state: State): State {
    const { left, right, operator } = node;
    if (left.type !== 'Identifier' || !isSame(left, this.#declarator, state.scope.file))
      return childrenOf(node).reduce((now, child) => this.#step(child, now), state);
    const before = this.#step(right, state);
    if (this.#isThere) return before;
    const given = this.#evaluator.evaluate(right, this.#with(before));
    switch (operator) {
      case '=':
        return { ...before, values: given };
      case '+=':
        return { ...before, values: limited(concat([before.values, given])) };
      case '??=':
      case '||=':
        return {
          ...before,
          values: limited([...before.values.filter(({ kind }) => kind !== 'nothing'), ...given]),
        };
      default:
        return { ...before, values: [unknown(node, state.scope)] };
    }
  }

  #with({ values, scope }: State): Scope {
    return { ...scope, current: { declarator: this.#declarator, values } };
  }

  #call(node: Extract<Node, { type: 'CallExpression' }>, state: State): State {
    const { scope } = state;
    const { callee } = node;
    const before = childrenOf(node).reduce((now, child) => this.#step(child, now), state);
    if (this.#isThere) return before;
    const target = writeTarget(node);
    if (target?.type === 'Identifier' && isSame(target, this.#declarator, scope.file)) {
      const isFirst =
        callee.type === 'MemberExpression' && keyOf(callee.property, callee.computed) === 'unshift';
      return { ...before, values: this.#add(node, before, isFirst) };
    }
    const callback = node.arguments.find(
      (one): one is Extract<typeof one, FunctionNode> => isFunction(one) && this.#isWriter(one, scope.file),
    );
    if (callback !== undefined) return this.#each(node, callback, before);
    if (callee.type !== 'Identifier') return before;
    const [called] = this.#evaluator.evaluate(callee, scope);
    if (
      called?.kind !== 'thing' ||
      called.thing.kind !== 'function' ||
      !this.#isWriter(called.thing.node, scope.file)
    )
      return before;
    const fn = called.thing.node;
    return this.#enter(fn, argumentsOf(node, scope, this.#evaluator), before);
  }

  #add(
    node: Extract<Node, { type: 'CallExpression' }>,
    { values, scope }: State,
    isFirst: boolean,
  ): readonly Value[] {
    const added = listOf(node.arguments, scope, this.#evaluator);
    return limited(
      product([values, added]).map(([list, more]): Value => {
        if (list?.kind !== 'list' || more?.kind !== 'list')
          return list?.kind === 'list' && list.items.length === 0 && more !== undefined
            ? more
            : unknown(node, scope);
        return {
          ...list,
          items: isFirst ? [...more.items, ...list.items] : [...list.items, ...more.items],
        };
      }),
    );
  }

  /** A callback that adds something for each item: for all of a list that is known, or else for none and for one. */
  #each(node: Extract<Node, { type: 'CallExpression' }>, callback: FunctionNode, state: State): State {
    const object = node.callee.type === 'MemberExpression' ? node.callee.object : undefined;
    const lists = object === undefined ? [] : this.#evaluator.evaluate(object, state.scope);
    const [list] = lists;
    if (lists.length === 1 && list?.kind === 'list')
      return list.items.reduce(
        (now, item) =>
          this.#enter(
            callback,
            { at: (index) => (index === 0 ? [item] : [unknown(node, state.scope)]) },
            now,
          ),
        state,
      );
    const items = itemsOf(lists, node, state.scope);
    const once = this.#enter(
      callback,
      { at: (index) => (index === 0 && items.length > 0 ? items : [unknown(node, state.scope)]) },
      state,
    );
    return { ...state, values: limited([...state.values, ...once.values]) };
  }

  #enter(fn: FunctionNode, given: { at(index: number): readonly Value[] }, state: State): State {
    if (fn.body === null || this.#depth > 5) return state;
    this.#depth += 1;
    const parameters = new Map(state.scope.parameters).set(fn, given);
    const { values } = this.#step(fn.body, { values: state.values, scope: { ...state.scope, parameters } });
    this.#depth -= 1;
    return { ...state, values };
  }

  #isWriter(fn: FunctionNode, file: SourceFile): boolean {
    const before = this.#writers.get(fn);
    if (before !== undefined) return before;
    const { id } = this.#declarator.type === 'VariableDeclarator' ? this.#declarator : {};
    const found = id?.type === 'Identifier' && hasWrite(fn, this.#declarator, id.name, file);
    this.#writers.set(fn, found);
    return found;
  }
}

/** Whether a branch always ends in `return`, `throw` or `continue`. */
function leaves(branch: Node): boolean {
  switch (branch.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'ContinueStatement':
      return true;
    case 'BlockStatement': {
      const last = branch.body.at(-1);
      return last !== undefined && leaves(last);
    }
    case 'SwitchCase': {
      const last = branch.consequent.at(-1);
      return last !== undefined && leaves(last);
    }
    case 'IfStatement':
      return branch.alternate !== null && leaves(branch.consequent) && leaves(branch.alternate);
    default:
      return false;
  }
}
