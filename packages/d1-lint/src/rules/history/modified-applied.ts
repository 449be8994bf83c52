import { nextNumber, formatNumber } from 'd1-core/migrations';
import { defineRule } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/modified-applied',
  severity: 'error',
  kind: 'policy',
  summary: 'A migration that the git ref of --since has too, with another content.',
  why: `Wrangler records a migration by its name, and never looks at its content again. A database that has applied the file
does not get the change, and a new database does, so the two differ from then on. What is on the main branch counts as
applied; comments and white space do not count. The rule needs --since.`,
  since: { base: ['0001_users.sql'], changed: ['0001_users.sql', '0002_tags.sql'] },
  bad: [{ '0001_users.sql': users }],
  good: [{ '0002_tags.sql': tags }],
  check({ file, folder, report }) {
    if (!folder.edited.has(file.name)) return;
    const next = formatNumber(nextNumber(folder.files.map(({ name }) => name)));
    report({
      at: { start: 0, end: 0 },
      message: `${file.name} is changed, and databases that have applied it will not get the change.`,
      help: `Undo the change, and write it as a new migration, ${next}_….sql. If the file is applied nowhere, say so in it:\n-- d1-lint-disable-file history/modified-applied: applied nowhere yet`,
    });
  },
});
