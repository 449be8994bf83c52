import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/number-width',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration whose name does not begin with four digits and an underscore.',
  why: `Wrangler orders by number, and editors, git and other tools order by name: 10_tags.sql stands before 9_users.sql there.
With four digits, as "wrangler d1 migrations create" writes them, both orders are the same.`,
  bad: [{ '1_users.sql': users }],
  good: [{ '0001_users.sql': users }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'number-width'), context);
  },
});
