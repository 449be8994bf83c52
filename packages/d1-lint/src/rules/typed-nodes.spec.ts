import { ALWAYS, loadParser, loadTokenizer, splitStatements, type SyntaxNode } from 'd1-core/sql';
import { exampleFiles } from '../testing/examples.ts';
import { allRules } from './index.ts';

/** What no example has. */
const MORE = "WITH one AS (SELECT 1 AS a) SELECT group_concat(a, ', ' ORDER BY a) FROM one";

/** Every node of every statement of the examples of all rules. */
async function nodesOfExamples(): Promise<readonly SyntaxNode[]> {
  const [tokenize, parse] = await Promise.all([loadTokenizer(), loadParser()]);
  const nodes: SyntaxNode[] = [];
  const files = allRules.flatMap(({ bad, good }) => [...bad, ...good].flatMap(exampleFiles));
  for (const text of [...files.map((file) => file.text), MORE]) {
    for (const statement of splitStatements(tokenize(text))) {
      const parsed = await parse(text, statement);
      if (parsed.outcome === 'parsed') nodes.push(...parsed.tree.walk());
    }
  }
  return nodes;
}

it('a node has what its type says that it always has', async () => {
  const nodes = await nodesOfExamples();
  const missing = nodes.flatMap((node) =>
    Object.entries(ALWAYS)
      .filter(([type]) => node.is(type))
      .flatMap(([type, parts]) =>
        parts.filter((part) => node[part] === undefined).map((part) => `${type}.${part}`),
      ),
  );
  expect([...new Set(missing)]).toEqual([]);
  const seen = Object.keys(ALWAYS).filter((type) => nodes.some((node) => node.is(type)));
  expect(seen).toEqual(Object.keys(ALWAYS));
});

it('the target of a statement is what its type says', async () => {
  const nodes = await nodesOfExamples();
  const parts = nodes.flatMap((node) => [
    ...(node.is('AlterTableStmt') || node.is('DropStmt') ? [node.target.type] : []),
    ...(node.is('CreateTriggerStmt') ? [node.table.type] : []),
  ]);
  const written = nodes.flatMap((node) =>
    node.is('InsertStmt') || node.is('UpdateStmt') || node.is('DeleteStmt') ? [node.table.type] : [],
  );
  expect([[...new Set(parts)], [...new Set(written)]]).toEqual([['QualifiedName'], ['TableRef']]);
});
