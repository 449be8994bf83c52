import type { Node } from 'oxc-parser';
import type { Project } from './project.ts';
import { argumentAt, type CallNode, type SourceFile } from './source-file.ts';
import {
  NOTHING,
  product,
  unknown,
  type Arguments,
  type Scope,
  type TextValue,
  type Value,
} from './value.ts';

/** What expressions of a project may be, without running it. */
export interface Evaluator {
  readonly project: Project;
  /** At least one form. */
  evaluate(node: Node, scope: Scope): readonly Value[];
}

export const topOf = (file: SourceFile): Scope => ({ file, parameters: new Map(), depth: 0 });

/** The constant parts of a template, and between them what `valueOf` says of each expression. */
export function templateParts(
  { quasis, expressions }: Pick<Extract<Node, { type: 'TemplateLiteral' }>, 'quasis' | 'expressions'>,
  { file }: Scope,
  valueOf: (expression: Node) => readonly Value[],
): readonly (readonly Value[])[] {
  return quasis.flatMap((quasi, index) => {
    const { cooked, raw } = quasi.value;
    // Where a part begins, with and without its quotation mark, differs between parsers.
    const start =
      file.text.startsWith(raw.slice(0, 1), quasi.start) && /[`}]/.test(file.text.charAt(quasi.start - 1))
        ? quasi.start
        : quasi.start + 1;
    const text: TextValue = { kind: 'text', pieces: [{ text: cooked ?? raw, file, start, kind: 'written' }] };
    const expression = expressions[index];
    return expression === undefined ? [[text]] : [[text], valueOf(expression)];
  });
}

/** A list with its forms: an element may be left out by a spread of a list with several. */
export function listOf(
  elements: readonly (Node | null)[],
  scope: Scope,
  evaluator: Evaluator,
): readonly Value[] {
  const parts = elements.map((element): readonly (readonly Value[])[] => {
    if (element === null) return [[NOTHING]];
    if (element.type !== 'SpreadElement') return evaluator.evaluate(element, scope).map((value) => [value]);
    return evaluator
      .evaluate(element.argument, scope)
      .map((value) => (value.kind === 'list' ? value.items : value.kind === 'nothing' ? [] : [value]));
  });
  return product(parts).map((form) => {
    const items = form.flat();
    const [only] = items;
    return items.length === 1 && only?.kind === 'repeated' ? only : { kind: 'list', items };
  });
}

/** What a loop or a callback over a list gets, one after the other. */
export const itemsOf = (values: readonly Value[], at: Node, scope: Scope): readonly Value[] =>
  values.flatMap((value): readonly Value[] =>
    value.kind === 'list'
      ? value.items
      : value.kind === 'repeated'
        ? [value.item]
        : value.kind === 'parameter'
          ? [value]
          : [unknown(at, scope)],
  );

/** The arguments of a call, which are looked at when they are asked for. */
export const argumentsOf = (node: CallNode, scope: Scope, { evaluate }: Evaluator): Arguments => ({
  at(index) {
    const argument = argumentAt(node.arguments, index);
    if (argument !== undefined) return evaluate(argument, scope);
    return [node.arguments.some(({ type }) => type === 'SpreadElement') ? unknown(node, scope) : NOTHING];
  },
});
