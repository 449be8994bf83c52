import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/gap',
  severity: 'warning',
  kind: 'policy',
  summary: 'A number is missing between two migrations.',
  why: `Wrangler does not mind. But a number that is missing is often a file that was not committed, or that was deleted after
a database had applied it; and a file that fills the gap later is applied after its successors. Time stamps are apart by
nature and are not meant.`,
  bad: [{ '0001_users.sql': users, '0003_tags.sql': tags }],
  good: [{ '0001_users.sql': users, '0002_tags.sql': tags }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'number-gap', 'not-first'), context);
  },
});
