import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { folderFinding, reportFolderFinding } from '../../recipes/folder-finding.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/number-width',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration whose name does not begin with four digits and an underscore.',
  why: `Wrangler orders by number, and editors, git and other tools order by name: 10_tags.sql stands before 9_users.sql there.
With four digits, as "wrangler d1 migrations create" writes them, both orders are the same. So they are with time stamps of one
form, which are not meant.`,
  bad: [{ '1_users.sql': users }],
  good: [{ '0001_users.sql': users }, { '20260131120000_users.sql': users }],
  check(context) {
    if (isTimeStamp(context) && sortsAlike(context)) return;
    reportFolderFinding(folderFinding(context, 'number-width'), context);
  },
});

/** From a date on: 20260131, or 20260131120000. */
const isTimeStamp = ({ file }: RuleContext): boolean => (file.number ?? 0) >= 10_000_000;

/** Whether the order by number, in which the files come, is that by name. */
const sortsAlike = ({ folder }: RuleContext): boolean =>
  folder.files.every(({ name }, index, all) => (all[index - 1]?.name ?? '') < name);
