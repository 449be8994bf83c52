import type { Node } from 'oxc-parser';
import type { ClassNode, FunctionNode, SourceFile } from './source-file.ts';

/** A part of a text, with where it stands in the source. */
export interface Piece {
  readonly text: string;
  readonly file: SourceFile;
  /** UTF-16 offset of what it was written as. */
  readonly start: number;
  /** `written`: it stands there, if with escapes. `made`: it stands for something else, such as `?` for a value. */
  readonly kind: 'written' | 'made' | 'placeholders';
}

export interface TextValue {
  readonly kind: 'text';
  readonly pieces: readonly Piece[];
  /** Other forms of the same text were left out: there were too many. */
  readonly isSome?: boolean;
  /** It comes from a tagged template for SQL: in another one it is inlined, and no bound value. */
  readonly isFragment?: boolean;
}

/** Where expressions are looked at: the file, what the parameters around them are, and what is being followed. */
export interface Scope {
  readonly file: SourceFile;
  readonly parameters: ReadonlyMap<FunctionNode, Arguments>;
  /** The variable whose value is being followed, and its value at this moment. */
  readonly current?: { readonly declarator: Node; readonly values: readonly Value[] };
  readonly depth: number;
}

/** What a function is called with. */
export interface Arguments {
  at(index: number): readonly Value[];
}

/** Something with members. */
export type Thing =
  | { readonly kind: 'function'; readonly node: FunctionNode; readonly scope: Scope }
  | { readonly kind: 'class'; readonly node: ClassNode; readonly scope: Scope }
  | { readonly kind: 'instance'; readonly node: ClassNode; readonly scope: Scope }
  | {
      readonly kind: 'object';
      readonly node: Extract<Node, { type: 'ObjectExpression' }>;
      readonly scope: Scope;
    }
  | {
      readonly kind: 'enum';
      readonly node: Extract<Node, { type: 'TSEnumDeclaration' }>;
      readonly scope: Scope;
    }
  | { readonly kind: 'namespace'; readonly file: SourceFile }
  /** What a package gives. */
  | { readonly kind: 'foreign'; readonly specifier: string; readonly name: string };

/** What an expression may be. Several of them are the forms that it can take. */
export type Value =
  | TextValue
  /** undefined, null, false. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly isSome?: boolean }
  /** A list of a length that nobody knows, of items that all look like this one. */
  | { readonly kind: 'repeated'; readonly item: Value }
  | { readonly kind: 'thing'; readonly thing: Thing }
  /** A parameter of a function whose callers decide. */
  | { readonly kind: 'parameter'; readonly fn: FunctionNode; readonly file: SourceFile; readonly at: Node }
  | { readonly kind: 'unknown'; readonly file: SourceFile; readonly at: Node };

export const NOTHING: Value = { kind: 'nothing' };

export const unknown = (at: Node, { file }: Pick<Scope, 'file'>): Value => ({ kind: 'unknown', file, at });

export const made = (
  text: string,
  at: Node,
  { file }: Pick<Scope, 'file'>,
  kind: Piece['kind'] = 'made',
): TextValue => ({
  kind: 'text',
  pieces: [{ text, file, start: at.start, kind }],
});

export const textOf = (value: Value): string | undefined =>
  value.kind === 'text' ? value.pieces.map(({ text }) => text).join('') : undefined;

/** How many forms of a text are looked at. */
const MAX_FORMS = 32;

/** Joins parts, each of which may have several forms. */
export function concat(
  parts: readonly (readonly Value[])[],
  emptyFor: 'nothing' | 'none' = 'none',
): readonly Value[] {
  const forms = product(parts);
  const isSome = forms.length < parts.reduce((all, part) => all * part.length, 1);
  return forms.map((form) => {
    const value = joined(form, emptyFor);
    return isSome && value.kind === 'text' ? { ...value, isSome } : value;
  });
}

/** All ways to choose one form of each part; where they are too many, each form of each part at least once. */
export function product<Form>(parts: readonly (readonly Form[])[]): readonly (readonly Form[])[] {
  let forms: readonly (readonly Form[])[] = [[]];
  for (const part of parts) {
    const all = forms.length * part.length <= MAX_FORMS;
    const [first] = part;
    const last = forms.at(-1);
    if (all) forms = forms.flatMap((form) => part.map((one) => [...form, one]));
    else if (first !== undefined && last !== undefined)
      forms = [
        ...forms.slice(0, MAX_FORMS).map((form) => [...form, first]),
        ...part.map((one) => [...last, one]),
      ];
  }
  return forms;
}

/** As many forms as are looked at. */
export const limited = (values: readonly Value[]): readonly Value[] => {
  const seen = new Set<string>();
  const different = values.filter((value) => {
    const key = keyOfValue(value);
    if (key === undefined) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const last = different.at(-1);
  return different.length <= MAX_FORMS || last === undefined
    ? different
    : [...different.slice(0, MAX_FORMS - 1), last].map((value) =>
        value.kind === 'text' || value.kind === 'list' ? { ...value, isSome: true } : value,
      );
};

function keyOfValue(value: Value): string | undefined {
  if (value.kind === 'text') return value.pieces.map(({ text, start }) => `${start} ${text}`).join('\0');
  if (value.kind === 'list') {
    const keys = value.items.map(keyOfValue);
    return keys.includes(undefined) ? undefined : `[${keys.join('\u0001')}]`;
  }
  return value.kind === 'nothing' ? 'nothing' : undefined;
}

/** A parameter before an unknown: when the callers are known, both may be. */
function joined(form: readonly Value[], emptyFor: 'nothing' | 'none'): Value {
  const parameter = form.find(({ kind }) => kind === 'parameter');
  if (parameter !== undefined) return parameter;
  const pieces: Piece[] = [];
  for (const value of form) {
    if (value.kind === 'text') pieces.push(...value.pieces);
    else if (value.kind === 'nothing' && emptyFor === 'nothing') continue;
    else return value.kind === 'unknown' ? value : (form.find(({ kind }) => kind === 'unknown') ?? value);
  }
  const isSome = form.some((value) => value.kind === 'text' && value.isSome === true);
  return { kind: 'text', pieces, ...(isSome ? { isSome } : {}) };
}

/** The items of a list, joined as JavaScript does it. */
export function joinList(value: Value, separator: Value): Value {
  if (separator.kind !== 'text') return separator;
  if (value.kind === 'repeated') {
    return value.item.kind === 'text'
      ? {
          ...value.item,
          pieces: value.item.pieces.map((piece) => ({ ...piece, kind: 'placeholders' as const })),
        }
      : value.item;
  }
  if (value.kind !== 'list') return value;
  const parts = value.items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));
  const text = joined(parts, 'nothing');
  return value.isSome === true && text.kind === 'text' ? { ...text, isSome: true } : text;
}
