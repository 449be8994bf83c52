import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/number-width',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration whose number is written so that tools order it differently.',
  why: `Wrangler orders by number, and editors, git and other tools order by name: 10_tags.sql stands before 9_users.sql there.
With four digits, as "wrangler d1 migrations create" writes them, both orders are the same. Numbers of three digits, and longer
ones, are meant only where the orders differ.`,
  bad: [{ '1_users.sql': users }],
  good: [
    { '0001_users.sql': users },
    { '0001-users.sql': users },
    { '001_users.sql': users },
    { '20260131120000_users.sql': users },
  ],
  check(context) {
    if (isWide(context) && context.folder.sortsByName) return;
    reportFolderFinding(folderFinding(context, 'number-width'), context);
  },
});

/** Three digits or more, whatever stands after them: 001-users.sql, and time stamps such as 20260131120000. */
const isWide = ({ file }: RuleContext): boolean => /^\d{3}/.test(file.name);
