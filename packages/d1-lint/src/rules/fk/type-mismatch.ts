import { columnOf, affinityOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { declaredKeys } from '../../recipes/declared-keys.ts';
import { parentColumnsOf } from '../../recipes/key-columns.ts';

const users = 'CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL);';
const posts = (type: string) => `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id ${type} NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_user_id ON posts (user_id);`;

export default defineRule({
  id: 'fk/type-mismatch',
  severity: 'warning',
  kind: 'policy',
  summary: 'A foreign key column of another type than the column it references.',
  why: `D1 accepts it, and converts the value for each comparison. What a column makes of a value when it is stored cannot be
undone: '007' becomes 7 in an INTEGER column and no longer fits its parent, and a BLOB never equals a text. Where types
differ, an index may also go unused. INTEGER, REAL and NUMERIC compare as numbers and are not meant; neither is a column
without a type.`,
  bad: [`${users}\n${posts('INTEGER')}`],
  good: [`${users}\n${posts('TEXT')}`],
  check(context) {
    for (const { table, foreignKey, columns } of declaredKeys(context)) {
      const parent = context.after.table(foreignKey.parent);
      if (parent === undefined) continue;
      const parentColumns = parentColumnsOf(parent, foreignKey);
      for (const [index, at] of columns.entries()) {
        const own = columnOf(table, at.text);
        const other = columnOf(parent, parentColumns[index] ?? '');
        if (own === undefined || other === undefined) continue;
        const classes = [comparisonClass(own.type), comparisonClass(other.type)];
        if (classes.includes(undefined) || classes[0] === classes[1]) continue;
        context.report({
          at,
          message: `${table.name}.${own.name} is ${own.type}, and ${parent.name}.${other.name}, which it references, is ${other.type}: values that were equal may no longer be.`,
          help: `Declare both alike: ${own.name} ${other.type}.`,
        });
      }
    }
  },
});

/** Values of columns of one class compare equal whenever they are. */
type ComparisonClass = 'text' | 'number' | 'blob';

/** Of a declared type. Undefined where nothing is declared, and for ANY: such a column keeps values as they are. */
function comparisonClass(type: string): ComparisonClass | undefined {
  if (type === '' || type.toUpperCase() === 'ANY') return undefined;
  const affinity = affinityOf(type);
  if (affinity === 'TEXT') return 'text';
  return affinity === 'BLOB' ? 'blob' : 'number';
}
