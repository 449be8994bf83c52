import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/name-with-space',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration whose name holds white space.',
  why: `Wrangler applies it. But every command that names the file has to quote it, and scripts that forget to do so take it for
two files.`,
  bad: [{ '0001_all users.sql': users }],
  good: [{ '0001_all_users.sql': users }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'name-with-space'), context);
  },
});
