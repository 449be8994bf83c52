import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/name-with-quote',
  severity: 'error',
  kind: 'policy',
  summary: 'A migration whose name holds a quote.',
  why: `Wrangler records a migration by its name. Before 4.105 it writes the name into the statement as it is, so a ' in it ends
the text too early and the migration fails. Other quotes go wrong in shells.`,
  bad: [{ "0001_ada's_users.sql": users }],
  good: [{ '0001_adas_users.sql': users }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'name-with-quote'), context);
  },
});
