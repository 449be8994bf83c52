import type { SyntaxNode } from 'd1-core/sql';
import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';

const LIMIT = LIMITS.compoundTerms;

const table = 'CREATE TABLE colours (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/compound-select-terms',
  severity: 'error',
  kind: 'engine',
  summary: `More than ${LIMIT} SELECTs joined by UNION, INTERSECT or EXCEPT are refused.`,
  why: `SQLite allows 500 terms in a compound SELECT, and D1 allows ${LIMIT}. Seed data written as a row of
"SELECT … UNION ALL SELECT …" therefore works everywhere but on D1. A VALUES list has no such limit.`,
  bad: [
    {
      '0001_colours.sql': table,
      '0002_seed.sql': `INSERT INTO colours (id, name)
SELECT 1, 'red' UNION ALL SELECT 2, 'green' UNION ALL SELECT 3, 'blue'
UNION ALL SELECT 4, 'black' UNION ALL SELECT 5, 'white' UNION ALL SELECT 6, 'grey';`,
    },
  ],
  good: [
    {
      '0001_colours.sql': table,
      '0002_seed.sql': `INSERT INTO colours (id, name) VALUES
(1, 'red'), (2, 'green'), (3, 'blue'), (4, 'black'), (5, 'white'), (6, 'grey');`,
    },
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      const compounds = tree?.all('CompoundSelect') ?? [];
      const inner = new Set(compounds.map((node) => node.left.json));
      for (const compound of compounds.filter(({ json }) => !inner.has(json))) {
        const terms = termsOf(compound);
        if (terms.length <= LIMIT) continue;
        report({
          at: compound,
          message: `This joins ${terms.length} SELECTs, and D1 refuses more than ${LIMIT}.`,
          help: terms.every(isRow)
            ? 'Write the rows as a VALUES list, which may be of any length:\nVALUES (…), (…), (…)'
            : `Split it into statements of at most ${LIMIT} SELECTs each.`,
        });
      }
    }
  },
});

/** The terms hang on the left side, one compound in the other. */
function termsOf(compound: SyntaxNode): readonly SyntaxNode[] {
  const terms: SyntaxNode[] = [];
  let node: SyntaxNode = compound;
  while (node.is('CompoundSelect')) {
    terms.push(node.right);
    node = node.left;
  }
  return [...terms, node];
}

const isRow = (term: SyntaxNode): boolean =>
  term.is('SelectStmt') && term.from === undefined && term.where === undefined;
