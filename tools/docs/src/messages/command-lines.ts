import ts from 'typescript';

/** A place in a source file, as `path:line`. */
type Place = string;

/** What a source file says of our commands. */
export interface SaidOfCommands {
  /** Texts with a command line of one door, such as `npx nx run …`. `npx wrangler …` is the same at every door. */
  readonly literal: readonly { readonly place: Place; readonly text: string }[];
  /** Lines that `d1-core/door` writes. A word that the source does not know ends in `<…>`. */
  readonly lines: readonly WrittenLine[];
}

interface WrittenLine {
  readonly place: Place;
  readonly name: string;
  readonly words: readonly string[];
  /** Whether it is written when the module is loaded, before anybody came in by a door. */
  readonly isEarly: boolean;
}

const LITERAL = /\bnx (run|g|generate) |\bnpx d1-|\btargets? ["`]|--configuration=/i;

/** The calls that write a line, and which argument is the name of the command. */
const WRITERS: Readonly<Record<string, number>> = { commandLine: 0, lineFor: 1, lineInFile: 1 };

export function saidOfCommands(path: string, text: string): SaidOfCommands {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const literal: { place: Place; text: string }[] = [];
  const lines: WrittenLine[] = [];
  const visit = (node: ts.Node, isInFunction: boolean): void => {
    const place = `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
    if (isText(node) && LITERAL.test(node.text)) literal.push({ place, text: node.text });
    const line = ts.isCallExpression(node) ? writtenLine(node) : undefined;
    if (line !== undefined) lines.push({ place, ...line, isEarly: !isInFunction });
    const isInside = isInFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, isInside));
  };
  visit(file, false);
  return { literal, lines };
}

function writtenLine({
  expression,
  arguments: given,
}: ts.CallExpression): Pick<WrittenLine, 'name' | 'words'> | undefined {
  const at = ts.isIdentifier(expression) ? WRITERS[expression.text] : undefined;
  const name = at === undefined ? undefined : given[at];
  if (at === undefined || name === undefined || !ts.isStringLiteralLike(name)) return undefined;
  const words = given.slice(at + 1).filter((word) => !ts.isSpreadElement(word));
  return { name: name.text, words: words.map(beginningOf) };
}

const beginningOf = (word: ts.Expression): string =>
  ts.isStringLiteralLike(word) ? word.text : ts.isTemplateExpression(word) ? `${word.head.text}<…>` : '<…>';

const isText = (
  node: ts.Node,
): node is ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node);
