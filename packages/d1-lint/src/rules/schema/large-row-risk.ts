import { defineRule } from '../../engine/rule.ts';
import { affinityOf } from '../../recipes/affinity.ts';
import { declaredColumns } from '../../recipes/declared-tables.ts';

export default defineRule({
  id: 'schema/large-row-risk',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A BLOB column, whose rows may be too large for SQL.',
  why: `D1 stores rows of up to 2 MB, but takes no statement of more than 100,000 bytes. A row with a blob of 50 kB can therefore
be written by a Worker, which binds its values, but not by the INSERT that wrangler d1 export writes for it: such a file cannot be
imported. R2 is made for objects of that size.`,
  bad: ['CREATE TABLE images (id INTEGER PRIMARY KEY, content BLOB NOT NULL);'],
  good: ['CREATE TABLE images (id INTEGER PRIMARY KEY, object_key TEXT NOT NULL);'],
  check(context) {
    for (const { type, name, label } of declaredColumns(context)) {
      if (type === undefined || affinityOf(type.text) !== 'BLOB') continue;
      context.report({
        at: type,
        message: `A row of ${label} whose ${name.text} has more than about 50,000 bytes cannot be imported from wrangler's export.`,
        help: 'Store the object in R2 and its key here. For short values, such as hashes, say so above the statement:\n-- d1-lint-disable-next-statement schema/large-row-risk: …',
      });
    }
  },
});
