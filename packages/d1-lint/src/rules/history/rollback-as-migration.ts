import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const ada = "INSERT INTO users (id, name) VALUES (1, 'Ada');";

export default defineRule({
  id: 'history/rollback-as-migration',
  severity: 'error',
  kind: 'policy',
  summary: 'A rollback script that wrangler applies as a migration.',
  why: `Wrangler knows no rollback scripts. A file such as 0002_ada.down.sql beside the migrations is applied like all others,
in every version, and undoes at once what the migration before it has done.`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_ada.sql': ada,
      '0002_ada.down.sql': 'DELETE FROM users WHERE id = 1;',
    },
  ],
  good: [{ '0001_users.sql': users, '0002_ada.sql': ada }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'rollback-as-migration'), context);
  },
});
