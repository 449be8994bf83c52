import { isObject } from '../errors/index.ts';
import { type Quote, quoteOf, unquote } from './quote.ts';
import {
  childrenOf,
  descendants,
  onlyToken,
  span,
  type Json,
  type SyntaxSource,
  type Always,
  type PartTypes,
} from './syntax-json.ts';
import { markedToken, withoutMarks } from './tokens.ts';

/** A name in a statement. */
export interface Name {
  /** Without quotes. */
  readonly text: string;
  readonly quote: Quote | undefined;
  /** UTF-16 offsets; those of the statement where the place of the name is not known. */
  readonly start: number;
  readonly end: number;
}

/** A node of a type, with what the grammar demands of it. */
export type NodeOf<Type extends string> = SyntaxNode & { readonly type: Type } & (Type extends keyof Always
    ? { readonly [Part in Always[Type]]: NonNullable<SyntaxNode[Part]> }
    : object) &
  (Type extends keyof PartTypes
    ? { readonly [Part in keyof PartTypes[Type]]: NodeOf<PartTypes[Type][Part] & string> }
    : object);

/**
 * A node of the syntax tree, as syntaqlite names it: `new SyntaxNode` is for the parser alone. What a node has is
 * seen best by printing `node.json` of an example.
 */
export class SyntaxNode {
  readonly type: string;
  /** As syntaqlite gives it, with marks in place of names. For debugging. */
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

  is<Type extends string>(type: Type): this is NodeOf<Type> {
    return this.type === type;
  }

  /** The items of a list. */
  items(): readonly SyntaxNode[] {
    return this.#listOf(this.json);
  }

  /** The nodes right below it. */
  children(): readonly SyntaxNode[] {
    return childrenOf(this.json).map((json) => new SyntaxNode(json, this.#source));
  }

  /** How many items a list has, without making nodes of them. */
  count(): number {
    const { children } = this.json;
    return Array.isArray(children) ? children.length : 0;
  }

  /** Whether a word is among the flags of a SELECT, a result column or a table: `STAR`, `DISTINCT`. */
  hasFlag(flag: string): boolean {
    const { flags } = this.json;
    return Array.isArray(flags) && flags.includes(flag);
  }

  /** The text as it stands in the statement, quotes included: of a literal, a type, an argument. */
  get text(): string | undefined {
    return this.#text('source');
  }

  // Parts. Undefined where the statement does not have them.
  get argList(): SyntaxNode | undefined {
    return this.#child('args');
  }
  get asSelect(): SyntaxNode | undefined {
    return this.#child('as_select');
  }
  get check(): SyntaxNode | undefined {
    return this.#child('check_expr');
  }
  get columnDef(): SyntaxNode | undefined {
    return this.#child('column');
  }
  get ctes(): SyntaxNode | undefined {
    return this.#child('with_ctes');
  }
  get defaultExpr(): SyntaxNode | undefined {
    return this.#child('default_expr');
  }
  get expr(): SyntaxNode | undefined {
    return this.#child('expr');
  }
  get from(): SyntaxNode | undefined {
    return this.#child('from_clause');
  }
  get generatedExpr(): SyntaxNode | undefined {
    return this.#child('generated_expr');
  }
  get groupBy(): SyntaxNode | undefined {
    return this.#child('groupby');
  }
  get having(): SyntaxNode | undefined {
    return this.#child('having');
  }
  get high(): SyntaxNode | undefined {
    return this.#child('high');
  }
  get left(): SyntaxNode | undefined {
    return this.#child('left');
  }
  get limit(): SyntaxNode | undefined {
    return this.#child('limit_clause');
  }
  get low(): SyntaxNode | undefined {
    return this.#child('low');
  }
  get operand(): SyntaxNode | undefined {
    return this.#child('operand');
  }
  get orderBy(): SyntaxNode | undefined {
    return this.#child('orderby');
  }
  get over(): SyntaxNode | undefined {
    return this.#child('over_clause');
  }
  get pattern(): SyntaxNode | undefined {
    return this.#child('pattern');
  }
  get reference(): SyntaxNode | undefined {
    return this.#child('fk_clause');
  }
  get right(): SyntaxNode | undefined {
    return this.#child('right');
  }
  get select(): SyntaxNode | undefined {
    return this.#child('select');
  }
  get setlist(): SyntaxNode | undefined {
    return this.#child('setlist');
  }
  get source(): SyntaxNode | undefined {
    return this.#child('source');
  }
  get table(): SyntaxNode | undefined {
    return this.#child('table');
  }
  get target(): SyntaxNode | undefined {
    return this.#child('target');
  }
  get value(): SyntaxNode | undefined {
    return this.#child('value');
  }
  get where(): SyntaxNode | undefined {
    return this.#child('where_clause');
  }

  // Names, whether they are plain texts in the tree or nodes of their own.
  get alias(): Name | undefined {
    return this.#nameIn('alias');
  }
  get column(): Name | undefined {
    return this.#nameIn('column');
  }
  get columnName(): Name | undefined {
    return this.#nameIn('column_name');
  }
  get cteName(): Name | undefined {
    return this.#nameIn('cte_name');
  }
  get functionName(): Name | undefined {
    return this.#nameIn('func_name');
  }
  get indexName(): Name | undefined {
    return this.#nameIn('index_name');
  }
  get literalName(): Name | undefined {
    return this.#nameIn('source');
  }
  get moduleName(): Name | undefined {
    return this.#nameIn('module_name');
  }
  get newName(): Name | undefined {
    return this.#nameIn('new_name');
  }
  get objectName(): Name | undefined {
    return this.#nameIn('object_name');
  }
  get oldName(): Name | undefined {
    return this.#nameIn('old_name');
  }
  get pragmaName(): Name | undefined {
    return this.#nameIn('pragma_name');
  }
  get pragmaValue(): Name | undefined {
    return this.#nameIn('value');
  }
  /** What stands before the name of a column. */
  get qualifier(): Name | undefined {
    return this.#nameIn('table');
  }
  get refTable(): Name | undefined {
    return this.#nameIn('ref_table');
  }
  get schemaName(): Name | undefined {
    return this.#nameIn('schema');
  }
  get tableName(): Name | undefined {
    return this.#nameIn('table_name');
  }
  get triggerName(): Name | undefined {
    return this.#nameIn('trigger_name');
  }
  get viewName(): Name | undefined {
    return this.#nameIn('view_name');
  }
  /** The name that a CREATE gives. */
  get createdName(): Name | undefined {
    if (!this.type.startsWith('Create')) return undefined;
    return this.indexName ?? this.viewName ?? this.triggerName ?? this.tableName;
  }

  // Lists. Empty where the statement does not have them.
  get args(): readonly SyntaxNode[] {
    return this.#list('args');
  }
  get assignments(): readonly SyntaxNode[] {
    return this.#list('setlist');
  }
  get columnNames(): readonly SyntaxNode[] {
    return this.#list('column_names');
  }
  get columns(): readonly SyntaxNode[] {
    return this.#list('columns');
  }
  get constraints(): readonly SyntaxNode[] {
    return this.#list('constraints');
  }
  get fkColumns(): readonly SyntaxNode[] {
    return this.#list('fk_columns');
  }
  get options(): readonly SyntaxNode[] {
    return this.#list('options');
  }
  get refColumns(): readonly SyntaxNode[] {
    return this.#list('ref_columns');
  }
  get rows(): readonly SyntaxNode[] {
    return this.#list('rows');
  }
  get tableConstraints(): readonly SyntaxNode[] {
    return this.#list('table_constraints');
  }
  get upserts(): readonly SyntaxNode[] {
    return this.#list('upsert');
  }

  // Words of the grammar, as syntaqlite spells them: `UNION_ALL`, `RENAME_TABLE`.
  get action(): string | undefined {
    return this.#word('action');
  }
  get conflictAction(): string | undefined {
    return this.#word('conflict_action');
  }
  get generatedStorage(): string | undefined {
    return this.#word('generated_storage');
  }
  get initialDefer(): string | undefined {
    return this.#word('initial_defer');
  }
  get joinType(): string | undefined {
    return this.#word('join_type');
  }
  get keyword(): string | undefined {
    return this.#word('keyword');
  }
  get kind(): string | undefined {
    return this.#word('kind');
  }
  get literalType(): string | undefined {
    return this.#word('literal_type');
  }
  get objectType(): string | undefined {
    return this.#word('object_type');
  }
  get op(): string | undefined {
    return this.#word('op');
  }
  get pragmaForm(): string | undefined {
    return this.#word('pragma_form');
  }
  get temporary(): string | undefined {
    return this.#word('temporary');
  }
  get timing(): string | undefined {
    return this.#word('timing');
  }

  // Whether words are there.
  get hasParens(): boolean {
    return this.#flag('has_parens');
  }
  get ifExists(): boolean {
    return this.#flag('if_exists');
  }
  get ifNotExists(): boolean {
    return this.#flag('if_not_exists');
  }
  get isNegated(): boolean {
    return this.#flag('negated');
  }
  get isUnique(): boolean {
    return this.#flag('is_unique');
  }
  get recursive(): boolean {
    return this.#flag('recursive');
  }
  get withRecursive(): boolean {
    return this.#flag('with_recursive');
  }

  // The type of a column as it is declared.
  get typeName(): string | undefined {
    return this.#text('type_name');
  }

  /** Itself and all nodes below it, in the order of the tree. */
  *walk(): Generator<SyntaxNode, void> {
    yield this;
    for (const json of descendants(this.json)) yield new SyntaxNode(json, this.#source);
  }

  /** All nodes of a type in it, itself included. */
  all<Type extends string>(type: Type): readonly NodeOf<Type>[] {
    const known = this.#asked.get(type);
    if (known !== undefined) return known.filter((node) => node.is(type));
    this.#byType ??= Map.groupBy([this.json, ...descendants(this.json)], (json) => String(json['type']));
    const found = (this.#byType.get(type) ?? []).map((json) => new SyntaxNode(json, this.#source));
    this.#asked.set(type, found);
    return found.filter((node) => node.is(type));
  }

  #child(field: string): SyntaxNode | undefined {
    const value = this.json[field];
    return isObject(value) ? new SyntaxNode(value, this.#source) : undefined;
  }

  #list(field: string): readonly SyntaxNode[] {
    const list = this.json[field];
    return isObject(list) ? this.#listOf(list) : [];
  }

  #listOf({ children }: Json): readonly SyntaxNode[] {
    return Array.isArray(children)
      ? children.filter(isObject).map((child) => new SyntaxNode(child, this.#source))
      : [];
  }

  #word(field: string): string | undefined {
    const value = this.json[field];
    return typeof value === 'string' ? value : undefined;
  }

  #flag(field: string): boolean {
    return this.json[field] === true;
  }

  #text(field: string): string | undefined {
    const value = this.json[field];
    return typeof value === 'string' ? withoutMarks(value, this.#source.tokens) : undefined;
  }

  #nameIn(field: string): Name | undefined {
    const value = this.json[field];
    const text = isObject(value) ? value['source'] : value;
    return typeof text === 'string' ? this.#name(text) : undefined;
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
