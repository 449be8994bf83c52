import type { Node } from 'oxc-parser';
import { callersOf, nameOfFunction, type Caller } from './callers.ts';
import { isSqlTag, tagValues } from './call-values.ts';
import { Databases, type Bindings } from './database.ts';
import { openEvaluator } from './evaluate.ts';
import { topOf } from './evaluator.ts';
import { pathOf } from './members.ts';
import { followImports, type Project, type Unread } from './project.ts';
import { placesOf, snippet, type Builder, type Dynamic, type Query } from './query.ts';
import { declarationOf } from './scope.ts';
import {
  argumentAt,
  bare,
  memberName,
  type CallNode,
  type FunctionNode,
  type SourceFile,
} from './source-file.ts';
import { unknown, type Arguments, type Scope, type TextValue, type Value } from './value.ts';

export interface FindOptions {
  /** `main` of the wrangler config, absolute. */
  readonly main: string;
  /** The names of the D1 bindings. */
  readonly bindings: readonly string[];
}

/** The SQL of a Worker. */
export interface FoundQueries {
  readonly queries: readonly Query[];
  readonly dynamic: readonly Dynamic[];
  readonly builders: readonly Builder[];
  /** Files that were not read, and imports that lead nowhere. */
  readonly unread: readonly Unread[];
  /** The files that were followed, absolute, sorted. */
  readonly files: readonly string[];
}

/** What may stand in a file in which SQL is given to a database. */
const HINT = /prepare|\bexec\b|`|Unsafe/;

const UNSAFE: ReadonlySet<string> = new Set(['$queryRawUnsafe', '$executeRawUnsafe']);
const STATEMENT =
  /^\s*(--[^\n]*\n\s*|\/\*.*?\*\/\s*)*(select|insert|update|delete|replace|with|values|create|drop|alter|pragma|explain|analyze|reindex)\b/is;

/** A function that passes SQL on may be called by another that does. */
const MAX_CALLERS_DEEP = 6;

/** Finds the SQL that a Worker gives to D1. Throws nothing: what cannot be read is in `unread`. */
export const findQueries = ({ main, bindings }: FindOptions): FoundQueries =>
  new Finder(followImports(main), bindings).find();

interface Sink {
  readonly file: SourceFile;
  /** The expression that is the SQL. */
  readonly sql: Node;
  readonly call: Node;
  readonly kind: Query['kind'];
  readonly bindings: Bindings;
  readonly bound: number | undefined;
}

class Finder {
  readonly #project: Project;
  readonly #evaluator: ReturnType<typeof openEvaluator>;
  readonly #databases: Databases;
  readonly #bindings: readonly string[];
  readonly #queries = new Map<string, Query & { readonly pieces: TextValue['pieces'] }>();
  readonly #dynamic = new Map<string, Dynamic>();
  readonly #builders: Builder[] = [];
  readonly #callers = new Map<FunctionNode, readonly Caller[]>();

  constructor(project: Project, bindings: readonly string[]) {
    this.#project = project;
    this.#bindings = bindings;
    this.#evaluator = openEvaluator(project);
    this.#databases = new Databases(bindings, this.#evaluator);
  }

  find(): FoundQueries {
    const files = [...this.#project.files.values()];
    for (const file of files) {
      if (file.isText) continue;
      if (HINT.test(file.text)) this.#search(file);
      if (this.#mayHandOver(file)) this.#searchBuilders(file);
    }
    const queries = [...this.#queries.values()];
    const inlined = new Set(
      queries.flatMap(({ pieces: [, ...more] }) => more.map((piece) => `${piece.file.path}:${piece.start}`)),
    );
    const isFragment = ({ kind, pieces: [first] }: (typeof queries)[number]) =>
      kind === 'tag' && first !== undefined && inlined.has(`${first.file.path}:${first.start}`);
    return {
      queries: queries.filter((query) => !isFragment(query)).sort(byPlace),
      dynamic: [...this.#dynamic.values()].sort(byPlace),
      builders: this.#builders,
      unread: this.#project.unread,
      files: files.map(({ path }) => path).sort(),
    };
  }

  #search(file: SourceFile): void {
    for (const call of file.calls) {
      const sink = this.#sinkOf(call, file);
      if (sink !== undefined) this.#resolve(sink, []);
    }
    for (const tag of file.tags) {
      if (!isSqlTag(tag.tag)) continue;
      const scope = topOf(file);
      for (const value of tagValues(tag, scope, this.#evaluator)) {
        if (value.kind !== 'text' || !STATEMENT.test(textOf(value))) continue;
        if (this.#isOfBuilder(tag.tag, tag.quasi.expressions, file)) {
          this.#addDynamic({
            file,
            at: tag.quasi,
            call: tag,
            why: 'the template takes tables and columns of a query builder',
          });
        } else {
          const sink: Sink = {
            file,
            sql: tag,
            call: tag,
            kind: 'tag',
            bindings: undefined,
            bound: undefined,
          };
          this.#addQuery(sink, value, topOf(file));
        }
      }
    }
    for (const member of file.members) {
      if (memberName(member) !== 'prepare') continue;
      const parent = file.parentOf(member);
      const isCalled = parent?.type === 'CallExpression' && parent.callee === member;
      if (
        !isCalled &&
        parent?.type !== 'ChainExpression' &&
        this.#databases.of(member.object, file) !== undefined
      )
        this.#addDynamic({ file, at: member, call: member, why: 'the method is passed on as a value' });
    }
  }

  #sinkOf(call: CallNode, file: SourceFile): Sink | undefined {
    const callee = bare(call.callee);
    const [sql] = call.arguments;
    if (callee.type !== 'MemberExpression' || sql === undefined) return undefined;
    const name = memberName(callee);
    const base = { file, sql: sql.type === 'SpreadElement' ? sql.argument : sql, call };
    if (name === 'prepare') {
      if (this.#isForeign(callee.object, file)) return undefined;
      return {
        ...base,
        kind: 'prepare',
        bindings: this.#databases.of(callee.object, file),
        bound: boundTo(call, file),
      };
    }
    if (name === 'exec' && call.arguments.length === 1) {
      const bindings = this.#databases.of(callee.object, file);
      return bindings === undefined ? undefined : { ...base, kind: 'exec', bindings, bound: 0 };
    }
    return UNSAFE.has(name ?? '')
      ? { ...base, kind: 'prepare', bindings: undefined, bound: undefined }
      : undefined;
  }

  /** A database of another kind, such as `new Database()` of a package, or the storage of a Durable Object. */
  #isForeign(object: Node, file: SourceFile): boolean {
    if (this.#databases.of(object, file) !== undefined) return false;
    return (
      this.#evaluator
        .evaluate(object, topOf(file))
        .some((value) => value.kind === 'thing' && value.thing.kind === 'foreign') ||
      isNewOfPackage(object, file)
    );
  }

  #resolve(sink: Sink, chain: readonly (readonly [FunctionNode, Caller])[]): void {
    const parameters = new Map<FunctionNode, Arguments>();
    for (const [fn, caller] of chain)
      parameters.set(fn, once(caller.given({ file: caller.file, parameters, depth: 0 }), caller));
    const scope: Scope = { file: sink.file, parameters, depth: 0 };
    const isSure = chain.every(([, caller]) => caller.isSure);
    for (const value of this.#evaluator.evaluate(sink.sql, scope)) {
      if (value.kind === 'text') {
        if (isSure || STATEMENT.test(textOf(value))) this.#addQuery(sink, value, scope, chain);
      } else if (value.kind === 'parameter') {
        this.#followCallers(sink, value, chain, isSure);
      } else if (isSure) {
        const at = value.kind === 'unknown' ? value : { file: sink.file, at: sink.sql };
        this.#addDynamic({
          ...at,
          call: sink.call,
          why: 'its value is known only when the Worker runs',
          in: sink.file,
        });
      }
    }
  }

  #followCallers(
    sink: Sink,
    { fn, file, at }: Extract<Value, { kind: 'parameter' }>,
    chain: readonly (readonly [FunctionNode, Caller])[],
    isSure: boolean,
  ): void {
    const known = this.#callers.get(fn) ?? callersOf(fn, file, this.#evaluator);
    this.#callers.set(fn, known);
    const callers = known.filter(({ node }) => node !== sink.call);
    if (callers.length === 0 || chain.length >= MAX_CALLERS_DEEP || chain.some(([one]) => one === fn)) {
      const why = `it comes from who calls ${nameOfFunction(fn, file)}, and nothing that is followed does`;
      if (isSure) this.#addDynamic({ file, at, call: sink.call, why, in: sink.file });
      return;
    }
    for (const caller of callers) this.#resolve(sink, [...chain, [fn, caller]]);
  }

  #addQuery(
    sink: Sink,
    value: TextValue,
    scope: Scope,
    chain: readonly (readonly [FunctionNode, Caller])[] = [],
  ): void {
    const { pieces, isSome = false } = value;
    const sql = textOf(value);
    const places = placesOf(pieces);
    const last = chain.at(-1)?.[1];
    const query = {
      sql,
      pieces,
      ...places,
      place: places.placeAt(sql.length - sql.trimStart().length),
      call: last === undefined ? sink.file.place(sink.call.start) : last.file.place(last.node.start),
      kind: sink.kind,
      bindings: this.#bindingsOf(sink),
      bound: scope.parameters.size > 0 && sink.bound === undefined ? undefined : sink.bound,
      hasList: pieces.some(({ kind }) => kind === 'placeholders'),
      isSome,
    };
    const key = [sql, query.place.file, query.place.line, query.place.column, query.kind === 'exec'].join(
      '\0',
    );
    if (!this.#queries.has(key)) this.#queries.set(key, query);
  }

  #bindingsOf({ bindings }: Sink): readonly string[] {
    const [only, another] = this.#bindings;
    if (bindings !== undefined && bindings.size > 0) return [...bindings].sort();
    return only !== undefined && another === undefined ? [only] : [];
  }

  #addDynamic({
    file,
    at,
    call,
    why,
    in: callFile = file,
  }: {
    readonly file: SourceFile;
    readonly at: Node;
    readonly call: Node;
    readonly why: string;
    readonly in?: SourceFile;
  }): void {
    const key = `${file.path}:${at.start}`;
    if (this.#dynamic.has(key)) return;
    this.#dynamic.set(key, {
      place: file.place(at.start),
      code: snippet(file, at.start, at.end),
      call: callFile.place(call.start),
      why,
    });
  }

  /** Tables and columns of Drizzle and others are no values: what they become, only a run tells. */
  #isOfBuilder(tag: Node, expressions: readonly Node[], file: SourceFile): boolean {
    if (expressions.length === 0) return false;
    return this.#evaluator
      .evaluate(tag, topOf(file))
      .some(
        (value) =>
          value.kind === 'thing' &&
          value.thing.kind === 'foreign' &&
          /^drizzle-orm/.test(value.thing.specifier),
      );
  }

  #mayHandOver({ text }: SourceFile): boolean {
    return this.#bindings.some((name) => text.includes(name)) || text.includes('D1Database');
  }

  /** Calls of packages that get a database. */
  #searchBuilders(file: SourceFile): void {
    for (const call of file.calls) {
      const given = call.arguments.flatMap((one): readonly Node[] =>
        one.type === 'ObjectExpression'
          ? one.properties.flatMap((property) => (property.type === 'Property' ? [property.value] : []))
          : [one],
      );
      if (!given.some((one) => this.#databases.of(one, file) !== undefined)) continue;
      const [called] = this.#evaluator.evaluate(call.callee, topOf(file));
      if (called?.kind !== 'thing' || called.thing.kind !== 'foreign') continue;
      if (called.thing.specifier !== 'd1-queries/worker')
        this.#builders.push({ place: file.place(call.start), package: called.thing.specifier });
    }
  }
}

/** A function that calls itself with what it was given has no argument to look at. */
function once(given: Arguments, { node, file }: Caller): Arguments {
  const open = new Set<number>();
  return {
    at(index) {
      if (open.has(index)) return [unknown(node, { file })];
      open.add(index);
      const values = given.at(index);
      open.delete(index);
      return values;
    },
  };
}

const textOf = ({ pieces }: TextValue): string => pieces.map(({ text }) => text).join('');

function byPlace(a: { readonly place: Query['place'] }, b: { readonly place: Query['place'] }): number {
  const inFile = a.place.line - b.place.line || a.place.column - b.place.column;
  return a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : inFile;
}

/** `const db = new Database('file')`, where Database comes from a package. */
function isNewOfPackage(object: Node, file: SourceFile): boolean {
  const node = bare(object);
  const name = node.type === 'Identifier' ? declarationOf(node.name, node, file) : undefined;
  const init = name?.kind === 'variable' && name.node.init !== null ? bare(name.node.init) : node;
  if (init.type !== 'NewExpression') return false;
  const path = pathOf(init.callee)?.split('.')[0] ?? '';
  const declared = declarationOf(path, init, file);
  return declared?.kind === 'import' && !/^[./~@]/.test(declared.specifier);
}

const ENDS: ReadonlySet<string> = new Set(['first', 'all', 'run', 'raw']);

/** How many values a prepared statement gets, where the call says it. */
function boundTo(call: Node, file: SourceFile): number | undefined {
  let node = file.parentOf(call);
  while (node?.type === 'ChainExpression' || node?.type === 'TSNonNullExpression') node = file.parentOf(node);
  if (node?.type === 'VariableDeclarator' && node.id.type === 'Identifier')
    return boundByName(node.id.name, node, file);
  return node?.type === 'MemberExpression' ? boundIn(node, file) : undefined;
}

function boundIn(member: Extract<Node, { type: 'MemberExpression' }>, file: SourceFile): number | undefined {
  const outer = file.parentOf(member);
  if (outer?.type !== 'CallExpression' || outer.callee !== member) return undefined;
  const name = memberName(member) ?? '';
  if (ENDS.has(name)) return 0;
  if (name !== 'bind') return undefined;
  return argumentAt(outer.arguments, Math.max(0, outer.arguments.length - 1)) === undefined &&
    outer.arguments.length > 0
    ? undefined
    : outer.arguments.length;
}

/** A statement that is kept in a variable, when everything that is done with it says the same number. */
function boundByName(name: string, declarator: Node, file: SourceFile): number | undefined {
  const numbers = new Set<number | undefined>();
  for (const member of file.members) {
    const object = bare(member.object);
    if (object.type !== 'Identifier' || object.name !== name) continue;
    const declaration = declarationOf(name, object, file);
    if (declaration?.kind === 'variable' && declaration.node === declarator)
      numbers.add(boundIn(member, file));
  }
  const [only] = numbers;
  return numbers.size === 1 ? only : undefined;
}
