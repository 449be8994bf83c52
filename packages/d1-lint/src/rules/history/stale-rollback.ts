import { commandLine } from 'd1-core/door';
import {
  checksums,
  parseRollbackScript,
  ROLLBACK_FOLDER,
  scriptState,
  STATE_WORDS,
} from 'd1-core/migrations';
import { defineRule } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const CHECKSUM = '29351699424a3e2e2a09d3409db74c819ed26bcfd71fa53e09cdd051fd912152';
const script = (checksum: string, statement: string) => `-- d1-migrate: undoes 0001_users.sql ${checksum}
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 ac93fadeebd07130243ba077feced7d1efb69f7b3b9ce63679361fd21a292fc7
${statement}`;

export default defineRule({
  id: 'history/stale-rollback',
  severity: 'error',
  kind: 'policy',
  summary:
    'A rollback script that is not as it was proved, or was written for another content of its migration.',
  why: `A rollback script names the checksum of the migration that it undoes, and the proof that it undoes what the migration
does. When one of the two has changed since, nobody has proved that. Comments and white space do not count. A script that says
nothing of itself is nobody's promise, and is passed over.`,
  bad: [
    { '0001_users.sql': users, 'rollback/0001_users.sql': script('0'.repeat(64), 'DROP TABLE users;') },
    { '0001_users.sql': users, 'rollback/0001_users.sql': script(CHECKSUM, 'DELETE FROM users;') },
    {
      '0001_users.sql': users,
      'rollback/0001_users.sql': `-- d1-migrate: undoes 0001_users.sql ${CHECKSUM}\n-- d1-migrate: class exact\nDROP TABLE users;`,
    },
  ],
  good: [
    { '0001_users.sql': users, 'rollback/0001_users.sql': script(CHECKSUM, 'DROP TABLE users;') },
    { '0001_users.sql': users, 'rollback/0001_users.sql': 'DROP TABLE users;' },
  ],
  check({ file, folder, tokenize, report }) {
    const text = folder.rollbackScripts.get(file.name);
    if (text === undefined) return;
    const path = `${ROLLBACK_FOLDER}/${file.name}`;
    const script = parseRollbackScript({ name: path, path, text }, tokenize);
    if (script.undoes === undefined) return;
    const state = scriptState(script, checksums(file.bytes, tokenize).tokens);
    if (state === 'current') return;
    report({
      at: { start: 0, end: 0 },
      message: `${path} ${STATE_WORDS[state]}.`,
      help: `Prove it again: ${commandLine('d1-migrate:rollback-script', file.name)}${state === 'stale' ? '. If the migration is applied somewhere, undo its change instead.' : ''}`,
    });
  },
});
