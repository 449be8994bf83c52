import type { Name } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { renamedTable } from '../../recipes/statement-parts.ts';

export default defineRule({
  id: 'compat/reserved-name',
  severity: 'error',
  kind: 'engine',
  summary: 'A name that belongs to D1 or to SQLite.',
  why: `D1 keeps tables of its own whose names begin with _cf_, and lets nobody create others, in capitals neither. SQLite does
the same with sqlite_.`,
  bad: [
    'CREATE TABLE _cf_settings (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
    'CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX sqlite_settings_name ON settings (name);',
  ],
  good: ['CREATE TABLE app_settings (id INTEGER PRIMARY KEY, name TEXT NOT NULL);'],
  check({ statements, report }) {
    for (const statement of statements) {
      const name = givenName(statement);
      const [prefix] = /^(_cf_|sqlite_)/i.exec(name?.text ?? '') ?? [];
      if (name === undefined || prefix === undefined) continue;
      report({
        at: name,
        message: `D1 refuses the name ${name.text}: what begins with ${prefix} belongs to ${/^_/.test(prefix) ? 'D1' : 'SQLite'}.`,
        help: /^(_cf_KV|_cf_METADATA|sqlite_sequence|sqlite_stat\d)$/i.test(name.text)
          ? 'Remove the statement: the table is made by itself.'
          : 'Give it another name.',
      });
    }
  },
});

/** The name that a statement gives, or that a PRAGMA asks about: D1 hides its tables from that too. */
function givenName(statement: LintStatement): Name | undefined {
  const { tree } = statement;
  const asked = tree?.is('PragmaStmt') === true ? tree.pragmaValue : undefined;
  if (asked !== undefined) return /^_cf_/i.test(asked.text) ? asked : undefined;
  return tree?.createdName ?? renamedTable(statement)?.to;
}
