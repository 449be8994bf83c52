import type { SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_settings.sql': 'CREATE TABLE settings (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);',
};

export default defineRule({
  id: 'safety/nondeterministic',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A migration writes a value that is another one each time.',
  why: `D1 accepts it. But random() and the current time give every environment other rows, so that they can no longer be
compared, and a replay from empty does not give what production has. A default of a column, which works when a row is
inserted, is not meant.`,
  bad: [
    { ...setUp, '0002_salt.sql': "INSERT INTO settings (name, value) VALUES ('salt', hex(randomblob(8)));" },
    { ...setUp, '0002_since.sql': "INSERT INTO settings (name, value) VALUES ('since', datetime('now'));" },
  ],
  good: [
    {
      ...setUp,
      '0002_since.sql': "INSERT INTO settings (name, value) VALUES ('since', '2026-01-01 00:00:00');",
    },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      if (tree?.is('InsertStmt') !== true && tree?.is('UpdateStmt') !== true) continue;
      for (const node of tree.walk()) {
        const what = changing(node);
        if (what === undefined) continue;
        report({
          at: node.functionName ?? wordAfter(statement, what, statement.start) ?? statement,
          message: `${what} gives another value in every environment, and in every replay.`,
          help: 'Write the value itself, or let the Worker write the row.',
        });
      }
    }
  },
});

const DATES: ReadonlySet<string> = new Set([
  'date',
  'time',
  'datetime',
  'julianday',
  'unixepoch',
  'strftime',
]);

function changing(node: SyntaxNode): string | undefined {
  if (node.is('Literal') && node.literalType === 'CURRENT') return node.text?.toUpperCase();
  const name = node.is('FunctionCall') ? node.functionName.text.toLowerCase() : undefined;
  if (name === undefined) return undefined;
  if (name === 'random' || name === 'randomblob') return `${name}()`;
  const values = node.args.map((argument) => argument.text?.toLowerCase());
  const isNow = values.includes("'now'") || values.length === (name === 'strftime' ? 1 : 0);
  return DATES.has(name) && isNow ? `${name}('now')` : undefined;
}
