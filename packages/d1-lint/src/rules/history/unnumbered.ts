import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/unnumbered',
  severity: 'error',
  kind: 'policy',
  summary: 'A migration whose name does not begin with a number.',
  why: `Wrangler applies every .sql file of the folder, and orders them by the number that their names begin with. Before 4.98
one file without a number leaves the order of the whole folder open; later it comes last, behind migrations that may need
it.`,
  bad: [{ '0001_users.sql': users, 'tags.sql': tags }],
  good: [{ '0001_users.sql': users, '0002_tags.sql': tags }],
  check(context) {
    // A text from standard input has no number; alone it needs none.
    if (context.folder.files.length === 1) return;
    // A hidden file has no number either, and a rule of its own.
    if (folderFinding(context, 'hidden-file') !== undefined) return;
    reportFolderFinding(folderFinding(context, 'unnumbered'), context);
  },
});
