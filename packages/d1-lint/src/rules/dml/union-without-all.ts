import type { SyntaxNode, Token } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';

const tables = `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
CREATE TABLE guests (id INTEGER PRIMARY KEY, email TEXT NOT NULL);`;

export default defineRule({
  id: 'dml/union-without-all',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'UNION, where UNION ALL may do.',
  why: `D1 accepts it. UNION removes equal rows, for which SQLite keeps every row in a temporary index. Where rows cannot be
equal, or may be, UNION ALL gives them as they come. A recursive query, in which UNION is what ends it, is not meant.`,
  bad: [`${tables}\nCREATE VIEW emails AS SELECT email FROM users UNION SELECT email FROM guests;`],
  good: [`${tables}\nCREATE VIEW emails AS SELECT email FROM users UNION ALL SELECT email FROM guests;`],
  check({ statements, report }) {
    for (const { tree, tokens } of statements) {
      if (tree === undefined || isRecursive(tree)) continue;
      const unions = tree.all('CompoundSelect').filter((compound) => compound.op === 'UNION');
      if (unions.length === 0) continue;
      for (const union of tokens.filter((token, index) => isBareUnion(token, tokens[index + 1]))) {
        report({
          at: union,
          message: 'UNION compares every row with all others to remove equal ones.',
          help: 'If that is not needed, write UNION ALL.',
        });
      }
    }
  },
});

const isRecursive = (tree: SyntaxNode): boolean =>
  tree.all('WithClause').some((clause) => clause.recursive) || tree.withRecursive;

const isBareUnion = ({ kind, text }: Token, next: Token | undefined): boolean =>
  kind === 'keyword' && text.toUpperCase() === 'UNION' && next?.text.toUpperCase() !== 'ALL';
