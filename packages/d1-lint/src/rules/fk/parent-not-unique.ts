import type { ForeignKey, Table } from 'd1-core/schema';
import { identifier, identifiers, sameName } from 'd1-core/sql';
import type { Range } from '../../engine/finding.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { declaredKeys, keyLabel } from '../../recipes/declared-keys.ts';
import { keyFlaw, type KeyFlaw } from '../../recipes/key-columns.ts';
import { createIndex } from '../../recipes/new-index.ts';
import { renamedTable } from '../../recipes/statement-parts.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);';
const posts = `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author TEXT NOT NULL REFERENCES users (email)
);
CREATE INDEX posts_author ON posts (author);`;

export default defineRule({
  id: 'fk/parent-not-unique',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A foreign key to columns that are neither the primary key nor unique.',
  why: `D1 creates such a table without a word. Then every INSERT into it, and every DELETE from its parent, fails with
"foreign key mismatch". The columns that a foreign key names must be exactly the primary key of the parent, or exactly the
columns of a UNIQUE constraint or of a unique index that has no WHERE.`,
  bad: [`${users}\n${posts}`],
  good: [`${users}\nCREATE UNIQUE INDEX users_email ON users (email);\n${posts}`],
  check(context) {
    const { after, statements } = context;
    const declared = declaredKeys(context);
    for (const key of declared) reportFlaw(key.table, key.foreignKey, key.parent, context);
    // Keys of other files, whose parent this file changes.
    for (const statement of statements) {
      const parent = changedParent(statement);
      if (parent === undefined) continue;
      for (const { child, foreignKey } of after.referencesTo(parent.table)) {
        const isOwn = declared.some((key) => sameName(key.table.name, child.name));
        if (!isOwn) reportFlaw(child, foreignKey, parent.at, context);
      }
    }
  },
});

function reportFlaw(child: Table, foreignKey: ForeignKey, at: Range, { after, report }: RuleContext): void {
  const parent = after.table(foreignKey.parent);
  if (parent === undefined || parent.storage !== 'ordinary') return;
  const flaw = keyFlaw(after, parent, foreignKey);
  if (flaw === undefined) return;
  report({
    at,
    message: `${keyLabel({ table: child, foreignKey })} references ${parent.name}${reasonOf(flaw)}: every INSERT into ${child.name} fails with "foreign key mismatch".`,
    help: adviceFor(flaw, parent, after),
  });
}

function reasonOf(flaw: KeyFlaw): string {
  switch (flaw.flaw) {
    case 'no-such-column':
      return `, which has no column ${flaw.column}`;
    case 'no-primary-key':
      return ', which has no primary key, without naming a column';
    case 'column-count':
      return `, whose primary key has ${flaw.primaryKey.length} columns`;
    case 'not-unique':
      return ` (${flaw.columns.join(', ')}), which is neither its primary key nor unique`;
  }
}

function adviceFor(flaw: KeyFlaw, parent: Table, schema: RuleContext['after']): string {
  switch (flaw.flaw) {
    case 'no-such-column':
    case 'no-primary-key':
      return `Name a column of ${parent.name} that is unique: REFERENCES ${identifier(parent.name)} (…).`;
    case 'column-count':
      return `Reference all of them:\nFOREIGN KEY (…) REFERENCES ${identifier(parent.name)} (${identifiers(flaw.primaryKey)})`;
    case 'not-unique':
      return `Reference the primary key, or make the columns unique before:\n${createIndex(schema, parent.name, flaw.columns, { unique: true })};`;
  }
}

/** DROP INDEX and the end of a rebuild may take away what the foreign keys of other tables rest on. */
function changedParent(statement: LintStatement): { readonly table: string; readonly at: Range } | undefined {
  const { tree, before } = statement;
  if (tree?.is('DropStmt') === true && tree.objectType === 'INDEX') {
    const at = tree.target.objectName;
    const index = before.index(at.text);
    return index?.unique !== true ? undefined : { table: index.table, at };
  }
  const at = renamedTable(statement)?.to;
  return at === undefined ? undefined : { table: at.text, at };
}
