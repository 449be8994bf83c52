import { defineRule } from '../../engine/rule.ts';
import { identifier } from 'd1-core/sql';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE VIEW names AS SELECT name FROM users;`,
};

export default defineRule({
  id: 'data/drop-view',
  severity: 'warning',
  kind: 'policy',
  summary: 'DROP VIEW takes a view away that something may still read.',
  why: `D1 accepts it, and no row is lost. But a migration and the deployment of a Worker never happen in the same moment: until
the new Worker runs everywhere, the old one asks for the view and gets an error. A view that is created again in the same file,
or whose name becomes a table, is not meant.`,
  bad: [{ ...setUp, '0002_drop.sql': 'DROP VIEW names;' }],
  good: [
    {
      ...setUp,
      '0002_names.sql': 'DROP VIEW names;\nCREATE VIEW names AS SELECT id, name FROM users;',
    },
  ],
  check({ statements, before, after, report }) {
    for (const { tree } of statements) {
      if (tree?.is('DropStmt') !== true || tree.objectType !== 'VIEW') continue;
      const name = tree.target.objectName;
      const view = before.view(name.text);
      if (view === undefined) continue;
      if ((after.view(view.name) ?? after.table(view.name)) !== undefined) continue;
      report({
        at: name,
        message: `The Worker that still runs gets an error as soon as it reads ${view.name}.`,
        help: `First deploy a Worker that does not read ${identifier(view.name)}. Then say so above the statement:\n-- d1-lint-disable-next-statement data/drop-view: …`,
      });
    }
  },
});
