import { defineRule } from '../../engine/rule.ts';

export default defineRule({
  id: 'compat/no-attach',
  severity: 'error',
  kind: 'engine',
  summary: 'ATTACH and DETACH are refused.',
  why: `A D1 connection sees exactly one database. There are no files to attach, and D1's authorizer refuses the
statement.`,
  bad: ["ATTACH DATABASE 'archive.db' AS archive;", 'DETACH DATABASE archive;'],
  good: ['CREATE TABLE archived_posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);'],
  check({ statements, report }) {
    for (const { tree } of statements) {
      if (tree?.is('AttachStmt') !== true && tree?.is('DetachStmt') !== true) continue;
      report({
        at: tree,
        message: `D1 refuses ${tree.is('AttachStmt') ? 'ATTACH' : 'DETACH'}: a connection sees one database.`,
        help: 'Give the other database a binding and migrations of its own, and move rows between them in a Worker.',
      });
    }
  },
});
