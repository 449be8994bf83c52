import { defineRule } from '../../engine/rule.ts';
import { generatorOfFile } from '../../recipes/generator.ts';

export default defineRule({
  id: 'schema/no-autoincrement',
  severity: 'warning',
  kind: 'policy',
  preset: 'strict',
  summary: 'AUTOINCREMENT is rarely needed and costs a write.',
  why: `D1 accepts AUTOINCREMENT; a project may decide not to use it. An INTEGER PRIMARY KEY numbers its rows by itself.
AUTOINCREMENT only adds that the number of a deleted row is never used again, and for that every INSERT also writes the
table sqlite_sequence, which a later rebuild of the table has to carry over.`,
  bad: ['CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL);'],
  good: ['CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);'],
  check(context) {
    for (const { tree, tokens } of context.statements) {
      if (tree?.is('CreateTableStmt') !== true) continue;
      for (const [index, token] of tokens.entries()) {
        if (token.kind !== 'keyword' || token.text.toUpperCase() !== 'AUTOINCREMENT') continue;
        const before = tokens[index - 1]?.end ?? token.start;
        context.report({
          at: token,
          message: `${tree.tableName.text} uses AUTOINCREMENT. D1 accepts it; in this project it needs a reason.${
            generatorOfFile(context) === 'Prisma' ? ' Prisma generates it for autoincrement().' : ''
          }`,
          help: 'Leave it out: an INTEGER PRIMARY KEY numbers its rows by itself. Where numbers must never be used twice, say so above the statement:\n-- d1-lint-disable-next-statement schema/no-autoincrement: …',
          fix: {
            title: 'Leave AUTOINCREMENT out',
            edits: [{ start: before, end: token.end, text: '' }],
            safe: false,
          },
        });
      }
    }
  },
});
