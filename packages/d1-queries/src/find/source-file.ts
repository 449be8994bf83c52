import {
  parseSync,
  type Argument,
  type ArrowFunctionExpression,
  type Class,
  type EcmaScriptModule,
  type Function as PlainFunction,
  type Node,
  type Program,
} from 'oxc-parser';
import { lineIndex, type LineIndex, type Position } from 'd1-core/sql';

/** A place in a file: line and column from 1, the column in UTF-16 units. */
export interface Place extends Position {
  /** Absolute. */
  readonly file: string;
}

export type FunctionNode = PlainFunction | ArrowFunctionExpression;
export type ClassNode = Class;
export type CallNode = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;
export type TagNode = Extract<Node, { type: 'TaggedTemplateExpression' }>;
export type MemberNode = Extract<Node, { type: 'MemberExpression' }>;

const LANGUAGES: Readonly<Record<string, 'ts' | 'tsx' | 'jsx'>> = {
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
  tsx: 'tsx',
};

/** A file of source code. It is parsed at once, and its tree is made only when it is asked for. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  /** Whether its text is what an import of it gives: wrangler bundles `.sql` and `.txt` so. */
  readonly isText: boolean;
  /** What it imports and exports, without its tree. */
  readonly module: EcmaScriptModule;
  readonly #parsed: ReturnType<typeof parseSync>;
  #tree: Tree | undefined;
  #lines: LineIndex | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.isText = /\.(sql|txt)$/i.test(path);
    const extension = /\.([cm]?[jt]sx?)$/i.exec(path)?.[1]?.toLowerCase() ?? 'js';
    this.#parsed = parseSync(path, this.isText ? '' : text, { lang: LANGUAGES[extension] ?? 'jsx' });
    this.module = this.#parsed.module;
  }

  /** What made it impossible to read the file, and where. What only the type checker minds is none. */
  get problem(): { readonly message: string; readonly place: Place } | undefined {
    const [error] = this.#parsed.errors;
    if (error === undefined || this.program.body.length > 0) return undefined;
    return { message: error.message, place: this.place(error.labels[0]?.start ?? 0) };
  }

  get program(): Program {
    return this.#parsed.program;
  }

  parentOf(node: Node): Node | undefined {
    return this.#made().parents.get(node);
  }

  get calls(): readonly CallNode[] {
    return this.#made().calls;
  }

  get tags(): readonly TagNode[] {
    return this.#made().tags;
  }

  get members(): readonly MemberNode[] {
    return this.#made().members;
  }

  get classes(): readonly ClassNode[] {
    return this.#made().classes;
  }

  place(offset: number): Place {
    this.#lines ??= lineIndex(this.text);
    return { file: this.path, ...this.#lines.positionAt(offset) };
  }

  #made(): Tree {
    return (this.#tree ??= treeOf(this.program));
  }
}

interface Tree {
  readonly parents: ReadonlyMap<Node, Node>;
  readonly calls: readonly CallNode[];
  readonly tags: readonly TagNode[];
  readonly members: readonly MemberNode[];
  readonly classes: readonly ClassNode[];
}

/** Without recursion: what a minifier writes may be some thousand nodes deep. */
function treeOf(program: Program): Tree {
  const parents = new Map<Node, Node>();
  const tree = {
    parents,
    calls: new Array<CallNode>(),
    tags: new Array<TagNode>(),
    members: new Array<MemberNode>(),
    classes: new Array<ClassNode>(),
  };
  const open: Node[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') tree.calls.push(node);
    else if (node.type === 'TaggedTemplateExpression') tree.tags.push(node);
    else if (node.type === 'MemberExpression') tree.members.push(node);
    else if (isClass(node)) tree.classes.push(node);
    const children = childrenOf(node);
    for (const child of children) parents.set(child, node);
    open.push(...children.reverse());
  }
  return tree;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The nodes right below one, in the order of the source. */
export const childrenOf = (node: Node): Node[] =>
  Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );

export function* descendants(root: Node): Generator<Node, void> {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    open.push(...childrenOf(node).reverse());
  }
}

export const isFunction = (node: Node | undefined): node is FunctionNode =>
  node?.type === 'FunctionDeclaration' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'ArrowFunctionExpression';

export const isClass = (node: Node | undefined): node is ClassNode =>
  node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression';

export const contains = (outer: Node, inner: Node): boolean =>
  outer.start <= inner.start && inner.end <= outer.end;

/** The name of a property, where the source says it. */
export function keyOf(key: Node, isComputed: boolean): string | undefined {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Identifier') return isComputed ? undefined : key.name;
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')
    ? String(key.value)
    : undefined;
}

/** The name after the dot of a member. */
export const memberName = ({ property, computed }: MemberNode): string | undefined =>
  keyOf(property, computed);

const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
  'ChainExpression',
]);

/** An expression without parentheses and what TypeScript adds. */
export function bare(node: Node): Node {
  let at = node;
  while (WRAPPERS.has(at.type) && 'expression' in at && isNode(at.expression)) at = at.expression;
  return at;
}

/** The argument of a call at an index; undefined where a spread comes before it. */
export function argumentAt(args: readonly Argument[], index: number): Node | undefined {
  const upTo = args.slice(0, index + 1);
  return upTo.some(({ type }) => type === 'SpreadElement') ? undefined : upTo[index];
}
