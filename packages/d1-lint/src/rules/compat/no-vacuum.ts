import { removeStatement } from '../../engine/edits.ts';
import { defineRule } from '../../engine/rule.ts';

export default defineRule({
  id: 'compat/no-vacuum',
  severity: 'error',
  kind: 'engine',
  summary: 'VACUUM is refused.',
  why: `VACUUM cannot run inside a transaction, and on D1 everything is inside one. D1 manages its storage itself.`,
  bad: ['VACUUM;'],
  good: ['ANALYZE;'],
  check({ file, statements, report }) {
    for (const statement of statements) {
      if (statement.tree?.is('VacuumStmt') !== true) continue;
      report({
        at: statement,
        message: 'D1 refuses VACUUM: it cannot run inside a transaction.',
        help: 'Remove it; D1 manages its storage itself.',
        fix: { title: 'Remove the statement', edits: [removeStatement(file.text, statement)], safe: true },
      });
    }
  },
});
