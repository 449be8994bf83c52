import { commandLine } from 'd1-core/door';
import { ROLLBACK_FOLDER } from 'd1-core/migrations';
import { defineRule } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/missing-rollback',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration without a rollback script, in a folder that has some.',
  why: `Wrangler knows no way back. A project that keeps rollback scripts in ${ROLLBACK_FOLDER}/ means to have one for each migration,
and finds out that one is missing when it is needed. Where that folder has none, the rule says nothing.`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_tags.sql': tags,
      'rollback/0001_users.sql': 'DROP TABLE users;',
    },
  ],
  good: [
    {
      '0001_users.sql': users,
      '0002_tags.sql': tags,
      'rollback/0001_users.sql': 'DROP TABLE users;',
      'rollback/0002_tags.sql': 'DROP TABLE tags;',
    },
  ],
  check({ file, folder, report }) {
    const { rollbackScripts } = folder;
    if (rollbackScripts.size === 0 || rollbackScripts.has(file.name)) return;
    report({
      at: { start: 0, end: 0 },
      message: `There is no ${ROLLBACK_FOLDER}/${file.name}, so ${file.name} has no way back.`,
      help: `Write it, or let it be written: "${commandLine('d1-migrate:rollback-script', file.name)}". Where there is no way back, a script of the class irreversible says so.`,
    });
  },
});
