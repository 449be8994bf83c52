import { defineRule } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/name-differs-by-case',
  severity: 'error',
  kind: 'policy',
  summary: 'Two migrations whose names differ only by case.',
  why: `Git and Linux take them for two files, macOS and Windows for one. A checkout there holds only one of the two, and the
database that is made from it lacks the other.`,
  bad: [{ '0001_Init.sql': users, '0001_init.sql': tags }],
  good: [{ '0001_users.sql': users, '0002_tags.sql': tags }],
  check(context) {
    reportFolderFinding(folderFinding(context, 'name-differs-by-case', 'not-first'), context);
  },
});
