import { contentTable } from 'd1-core/schema';
import { identifier, sameName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { existingTable } from '../../recipes/existing-rows.ts';

const setUp = {
  '0001_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);',
};
const search = `-- d1-lint-disable-next-statement schema/fts-blocks-export: backed up with d1-backup
CREATE VIRTUAL TABLE posts_search USING fts5 (title, content = 'posts', content_rowid = 'id');`;

export default defineRule({
  id: 'safety/fts-not-filled',
  severity: 'warning',
  kind: 'engine',
  workerd: 'accepts',
  isIgnored: true,
  summary:
    'A search index over an existing table is created, and the rows of that table are not put into it.',
  why: `An fts5 table with content = '…' keeps only an index. It begins empty, whatever the other table holds: a search does not
find the rows that are there. Worse, the triggers that keep it take a row out of the index before it is changed or deleted, and
where the row was never in it, D1 refuses the UPDATE or DELETE with "database disk image is malformed".`,
  bad: [{ ...setUp, '0002_search.sql': search }],
  good: [
    { ...setUp, '0002_search.sql': `${search}\nINSERT INTO posts_search (posts_search) VALUES ('rebuild');` },
    {
      ...setUp,
      '0002_search.sql': `${search}\nINSERT INTO posts_search (rowid, title) SELECT id, title FROM posts;`,
    },
  ],
  check(context) {
    const { statements, before, tokenize, report } = context;
    for (const statement of statements) {
      const { tree, text, index } = statement;
      const name = tree?.is('CreateVirtualTableStmt') === true ? tree.tableName : undefined;
      const content = name === undefined ? undefined : contentTable(text, tokenize);
      if (name === undefined || content === undefined) continue;
      if (existingTable(content, statement, context) === undefined) continue;
      if (before.table(name.text) !== undefined && tree?.ifNotExists === true) continue;
      const isFilled = statements.some(
        (one) =>
          one.index > index &&
          one.tree?.is('InsertStmt') === true &&
          sameName(one.tree.table.tableName.text, name.text),
      );
      if (isFilled) continue;
      const table = identifier(name.text);
      report({
        at: name,
        message: `${name.text} begins without the rows that ${content} has: they are not found, and with triggers that keep it D1 refuses to change or delete them.`,
        help: `Fill it in the same file:\nINSERT INTO ${table} (${table}) VALUES ('rebuild');`,
      });
    }
  },
});
