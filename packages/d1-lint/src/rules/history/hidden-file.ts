import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/hidden-file',
  severity: 'error',
  kind: 'policy',
  summary: 'A migration whose name begins with a dot.',
  why: `Wrangler before 4.98 applies hidden files, and newer versions do not see them. So what the databases of a team hold
depends on who has migrated them.`,
  bad: [{ '.0001_users.sql': users }],
  good: [{ '0001_users.sql': users }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'hidden-file'), context);
  },
});
