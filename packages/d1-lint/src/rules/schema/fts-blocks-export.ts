import { defineRule } from '../../engine/rule.ts';

export default defineRule({
  id: 'schema/fts-blocks-export',
  severity: 'warning',
  kind: 'policy',
  summary: 'A virtual table, which wrangler d1 export refuses.',
  why: `D1 accepts virtual tables of fts5. But while a database has one, wrangler d1 export refuses the whole database, so that
way to a backup is closed. The backup of d1-backup reads the rows of the other tables, keeps the definition of the virtual
table, and fills it again when it is restored.`,
  bad: [
    `CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE VIRTUAL TABLE posts_search USING fts5 (title, content = 'posts', content_rowid = 'id');`,
  ],
  good: [
    `CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE INDEX posts_title ON posts (title);`,
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      const name = tree?.is('CreateVirtualTableStmt') === true ? tree.tableName : undefined;
      if (name === undefined) continue;
      report({
        at: name,
        message: `With the virtual table ${name.text} in it, wrangler d1 export refuses the whole database.`,
        help: 'Back it up with d1-backup:backup, which can. Then say so above the statement:\n-- d1-lint-disable-next-statement schema/fts-blocks-export: backed up with d1-backup',
      });
    }
  },
});
