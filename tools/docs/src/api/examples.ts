import ts from 'typescript';

/** What `index.ts` of a package gives to scripts. */
export interface PublicName {
  readonly name: string;
  /** The docstring without its example, as Markdown. */
  readonly text: string;
  /** TypeScript. */
  readonly example: string | undefined;
}

/** The functions of an `index.ts` in their order, with their docstrings, and what is said of all at its head. */
export function publicNames(text: string): { readonly head: string; readonly names: readonly PublicName[] } {
  const file = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest, true);
  const head = commentOf(file.statements.find((statement) => !ts.isVariableStatement(statement)));
  const names = file.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    const [declaration] = statement.declarationList.declarations;
    if (!isExported || declaration === undefined) return [];
    const [described = '', example] = commentOf(statement).split('@example\n');
    return [
      {
        name: declaration.name.getText(file),
        text: described.trim(),
        example: example === undefined ? undefined : /```ts\n([\s\S]*?)```/.exec(example)?.[1],
      },
    ];
  });
  return { head: head.trim(), names };
}

function commentOf(node: ts.Node | undefined): string {
  const [comment] = node === undefined ? [] : ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (comment?.getText() ?? '')
    .replace(/^\/\*\*[ \n]?|\s*\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n');
}
