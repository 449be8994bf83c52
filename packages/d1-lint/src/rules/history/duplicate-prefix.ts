import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/duplicate-prefix',
  severity: 'error',
  kind: 'policy',
  summary: 'Two migrations with one number run in an order that nobody chose.',
  why: `Two branches that each add the next migration end with two files of one number. Wrangler applies both. Versions
before 4.80 take them in the order of the file system, later ones by name, so databases may differ.`,
  bad: [{ '0001_users.sql': users, '0001_tags.sql': tags }],
  good: [{ '0001_users.sql': users, '0002_tags.sql': tags }],
  check(context) {
    // Names that differ only by case are a worse trouble, with a rule of its own.
    if (folderFinding(context, 'name-differs-by-case') !== undefined) return;
    reportFolderFinding(folderFinding(context, 'duplicate-number', 'not-first'), context);
  },
});
