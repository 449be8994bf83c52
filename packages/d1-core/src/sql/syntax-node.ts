import { type Quote, quoteOf, sameName, unquote } from './quote.ts';
import { isTrivia, markedToken, type Token, withoutMarks } from './tokens.ts';

/** A name in a statement. */
export interface Name {
  /** Without quotes. */
  readonly text: string;
  readonly quote: Quote | undefined;
  /** UTF-16 offsets; those of the statement where the place of the name is not known. */
  readonly start: number;
  readonly end: number;
}

/** What the parser was given. */
export interface SyntaxSource {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly start: number;
  readonly end: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A node of the syntax tree, as syntaqlite names it: `new SyntaxNode` is for the parser alone. What a node has is
 * seen best by printing `node.json` of an example.
 */
export class SyntaxNode {
  readonly type: string;
  /** As syntaqlite gives it, with marks in the place of names. For debugging. */
  readonly json: Json;
  readonly #source: SyntaxSource;
  /** Many rules ask the same tree, each for another type. */
  #byType: ReadonlyMap<string, readonly Json[]> | undefined;
  readonly #asked = new Map<string, readonly SyntaxNode[]>();
  #span: { readonly start: number; readonly end: number } | undefined;

  constructor(json: Json, source: SyntaxSource) {
    this.json = json;
    this.type = String(json['type']);
    this.#source = source;
  }

  /** UTF-16 offset of the first name or text literal in it. Where there is none: of the statement. */
  get start(): number {
    return this.#range().start;
  }

  /** UTF-16 offset behind the last name or text literal in it. Where there is none: behind the statement. */
  get end(): number {
    return this.#range().end;
  }

  is(type: string): boolean {
    return this.type === type;
  }

  child(field: string): SyntaxNode | undefined {
    const value = this.json[field];
    return isJson(value) ? new SyntaxNode(value, this.#source) : undefined;
  }

  /** The items of a list: of the list in a field, or of this node itself. */
  items(field?: string): readonly SyntaxNode[] {
    const list = field === undefined ? this.json : this.json[field];
    const children = isJson(list) ? list['children'] : undefined;
    return Array.isArray(children)
      ? children.filter(isJson).map((child) => new SyntaxNode(child, this.#source))
      : [];
  }

  /** The nodes right below it. */
  children(): readonly SyntaxNode[] {
    return childrenOf(this.json).map((json) => new SyntaxNode(json, this.#source));
  }

  /** How many items a list has, without making nodes of them. */
  count(field?: string): number {
    const list = field === undefined ? this.json : this.json[field];
    const children = isJson(list) ? list['children'] : undefined;
    return Array.isArray(children) ? children.length : 0;
  }

  /** A word of the grammar, as syntaqlite spells it: `UNION_ALL`, `RENAME_TABLE`. */
  word(field: string): string | undefined {
    const value = this.json[field];
    return typeof value === 'string' ? value : undefined;
  }

  has(field: string): boolean {
    return this.json[field] === true;
  }

  /** Whether a list of words holds one: `has('STRICT', 'flags')`. */
  hasFlag(flag: string, field = 'flags'): boolean {
    const value = this.json[field];
    return Array.isArray(value) && value.includes(flag);
  }

  /** The text of a field as it stands in the statement, quotes included: of a literal, a type, an argument. */
  text(field = 'source'): string | undefined {
    const value = this.json[field];
    return typeof value === 'string' ? withoutMarks(value, this.#source.tokens) : undefined;
  }

  /** The name in a field, whether it is a plain text there or a node of its own. */
  name(field: string): Name | undefined {
    const value = this.json[field];
    const text = isJson(value) ? value['source'] : value;
    return typeof text === 'string' ? this.#name(text) : undefined;
  }

  /** Itself and all nodes below it, in the order of the tree. */
  *walk(): Generator<SyntaxNode, void> {
    yield this;
    for (const json of descendants(this.json)) yield new SyntaxNode(json, this.#source);
  }

  /** All nodes of a type in it, itself included. */
  all(type: string): readonly SyntaxNode[] {
    const known = this.#asked.get(type);
    if (known !== undefined) return known;
    this.#byType ??= Map.groupBy([this.json, ...descendants(this.json)], (json) => String(json['type']));
    const nodes = (this.#byType.get(type) ?? []).map((json) => new SyntaxNode(json, this.#source));
    this.#asked.set(type, nodes);
    return nodes;
  }

  #name(text: string): Name {
    const { tokens, start, end } = this.#source;
    const token = markedToken(text, tokens) ?? onlyToken(text, tokens);
    if (token === undefined) return { text, quote: undefined, start, end };
    return { text: unquote(token.text), quote: quoteOf(token.text), start: token.start, end: token.end };
  }

  #range(): { readonly start: number; readonly end: number } {
    return (this.#span ??= span(this.json, this.#source));
  }
}

/** Words of the grammar may be names too, and carry no mark then: `CREATE TABLE t (key TEXT)`. */
function onlyToken(text: string, tokens: readonly Token[]): Token | undefined {
  const [first, second] = tokens.filter((token) => !isTrivia(token) && sameName(token.text, text));
  return second === undefined ? first : undefined;
}

function span(json: Json, { tokens, start, end }: SyntaxSource): { start: number; end: number } {
  const found: Token[] = [];
  for (const text of texts(json)) {
    const token = markedToken(text, tokens);
    if (token !== undefined) found.push(token);
  }
  const starts = found.map((token) => token.start);
  const ends = found.map((token) => token.end);
  return found.length === 0
    ? { start, end }
    : { start: starts.reduce((a, b) => Math.min(a, b)), end: ends.reduce((a, b) => Math.max(a, b)) };
}

/** Depth first, without recursion: a chain of operators may be some thousand nodes deep. */
function* descendants(root: Json): Generator<Json, void> {
  const open: Json[] = childrenOf(root).reverse();
  for (let json = open.pop(); json !== undefined; json = open.pop()) {
    yield json;
    open.push(...childrenOf(json).reverse());
  }
}

function childrenOf(json: Json): Json[] {
  return Object.values(json).flatMap((value) =>
    Array.isArray(value) ? value.filter(isJson) : isJson(value) ? [value] : [],
  );
}

function* texts(root: Json): Generator<string, void> {
  yield* Object.values(root).filter((value) => typeof value === 'string');
  for (const json of descendants(root))
    yield* Object.values(json).filter((value) => typeof value === 'string');
}

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
