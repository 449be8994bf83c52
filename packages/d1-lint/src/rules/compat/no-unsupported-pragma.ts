import { nearest } from 'd1-core/errors';
import { removeStatement } from '../../engine/edits.ts';
import { defineRule } from '../../engine/rule.ts';
import { PRAGMAS } from '../../d1/engine.ts';

export default defineRule({
  id: 'compat/no-unsupported-pragma',
  severity: 'error',
  kind: 'engine',
  summary: 'PRAGMA statements that D1 does not allow are refused.',
  why: `D1 allows a short list of pragmas: those that describe the schema, and a few switches. It refuses all others,
those that only read a value included, because the settings of the storage are its own.`,
  bad: ['PRAGMA journal_mode = WAL;', 'PRAGMA user_version = 3;', 'SELECT * FROM pragma_integrity_check;'],
  good: [
    'PRAGMA optimize;',
    "CREATE VIEW tables AS SELECT name FROM pragma_table_list WHERE type = 'table';",
  ],
  check({ file, statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      const name = tree?.is('PragmaStmt') === true ? tree.pragmaName : undefined;
      if (tree !== undefined && name !== undefined && !isAllowed(name.text, tree.pragmaForm)) {
        report({
          at: name,
          message: `D1 refuses PRAGMA ${name.text}.`,
          help: `${adviceFor(name.text)} Of use in a migration are defer_foreign_keys and optimize.`,
          fix: { title: 'Remove the PRAGMA', edits: [removeStatement(file.text, statement)], safe: true },
        });
      }
      for (const table of tree?.all('TableRef') ?? []) {
        const called = table.tableName;
        const [, pragma] = /^pragma_(\w+)$/i.exec(called.text) ?? [];
        if (pragma === undefined || isAllowed(pragma, 'BARE')) continue;
        if (statement.before.table(called.text) !== undefined) continue;
        report({
          at: called,
          message: `D1 refuses ${called.text}, the table form of PRAGMA ${pragma}.`,
          help: adviceFor(pragma),
        });
      }
    }
  },
});

function isAllowed(name: string, form: string | undefined): boolean {
  const use = PRAGMAS.get(name.toLowerCase());
  return use === 'any' || (use === 'read' && form === 'BARE');
}

function adviceFor(name: string): string {
  if (name.toLowerCase() === 'integrity_check') return 'Remove it: nobody would see what it finds.';
  if (name.toLowerCase() === 'user_version') return 'Keep a version in a table of your own.';
  const meant = nearest(name, [...PRAGMAS.keys()]);
  return meant === undefined ? 'Remove it.' : `Did you mean ${meant}? Otherwise remove it.`;
}
