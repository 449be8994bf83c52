import { checksums, readDirectives, ROLLBACK_FOLDER } from 'd1-core/migrations';
import { defineRule } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const script = (checksum: string) => `-- d1-migrate: undoes 0001_users.sql ${checksum}\nDROP TABLE users;`;

export default defineRule({
  id: 'history/stale-rollback',
  severity: 'error',
  kind: 'policy',
  summary: 'A rollback script that was written for another content of its migration.',
  why: `A rollback script names the checksum of the migration that it undoes. When the migration has changed since, nobody has proved
that the script still takes back what the migration does. Comments and white space do not count.`,
  bad: [{ '0001_users.sql': users, 'rollback/0001_users.sql': script('0'.repeat(64)) }],
  good: [
    {
      '0001_users.sql': users,
      'rollback/0001_users.sql': script('29351699424a3e2e2a09d3409db74c819ed26bcfd71fa53e09cdd051fd912152'),
    },
    { '0001_users.sql': users, 'rollback/0001_users.sql': 'DROP TABLE users;' },
  ],
  check({ file, folder, tokenize, report }) {
    const text = folder.rollbackScripts.get(file.name);
    if (text === undefined) return;
    const path = `${ROLLBACK_FOLDER}/${file.name}`;
    const { directives } = readDirectives({ name: path, path, text }, tokenize);
    const undoes = directives.find((directive) => directive.name === 'undoes');
    if (undoes === undefined || undoes.checksum === checksums(file.bytes, tokenize).tokens) return;
    report({
      at: { start: 0, end: 0 },
      message: `${path} was written for another content of ${file.name}.`,
      help: 'Write it anew with "npx nx g d1-migrate:rollback". If the migration is applied somewhere, take its change back instead.',
    });
  },
});
