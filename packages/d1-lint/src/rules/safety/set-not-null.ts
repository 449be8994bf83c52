import { affinityOf, type Column, columnOf, EMPTY_VALUE } from 'd1-core/schema';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { copiedColumns, copySelect, onlySource, type CopiedColumn } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { isPrepared } from '../../recipes/prepared-rows.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { identifier } from 'd1-core/sql';
import { withReplacements } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

const rebuild = (
  phone: string,
): string => `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT NOT NULL);
INSERT INTO new_users (id, name, phone) SELECT id, name, ${phone} FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

export default defineRule({
  id: 'safety/set-not-null',
  severity: 'warning',
  kind: 'engine',
  summary: 'A rebuild makes a column NOT NULL, and fails when a row has NULL in it.',
  why: `The copy of the rebuild stops at the first row with NULL: "NOT NULL constraint failed". A fresh database has no such
row, the one in production may. Whether it has cannot be seen in the files.`,
  bad: [{ ...setUp, '0003_phone.sql': rebuild('phone') }],
  good: [
    { ...setUp, '0003_phone.sql': rebuild("coalesce(phone, '')") },
    {
      ...setUp,
      '0003_phone.sql': `UPDATE users SET phone = '' WHERE phone IS NULL;\n${rebuild('phone')}`,
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      for (const copy of rebuild.copies) {
        const select = copySelect(copy);
        if (select === undefined || onlySource(select, copy, copy.before) === undefined) continue;
        for (const copied of copiedColumns(copy)) {
          const column = requiredNow(copied, rebuild);
          if (column === undefined || isPrepared(column.from.name, copy, context)) continue;
          report(copied, column, copy, rebuild, context);
        }
      }
    }
  },
});

interface Change {
  readonly from: Column;
  readonly to: Column;
}

function requiredNow({ source, target }: CopiedColumn, { table, result }: Rebuild): Change | undefined {
  const from = source === undefined ? undefined : columnOf(table, source.text);
  const to = result === undefined ? undefined : columnOf(result, target);
  if (from === undefined || to === undefined) return undefined;
  // A key may be without NOT NULL and still never be NULL.
  const wasOptional = !from.notNull && from.primaryKey === 0;
  return wasOptional && to.notNull && to.primaryKey === 0 ? { from, to } : undefined;
}

function report(
  { source }: CopiedColumn,
  { from, to }: Change,
  copy: LintStatement,
  rebuild: Rebuild,
  context: RuleContext,
): void {
  if (source === undefined) return;
  const table = rebuild.table.name;
  const value = to.defaultValue ?? (to.type === '' ? "''" : EMPTY_VALUE[affinityOf(to.type)]);
  const text = `coalesce(${identifier(from.name)}, ${value})`;
  const edits = [{ start: source.start, end: source.end, text }];
  context.report({
    at: source,
    message: `${table}.${from.name} becomes NOT NULL, and the copy fails as soon as one row has NULL there.${generatedBy(rebuild, context)}`,
    help: `Copy a value for those rows:\n${withReplacements(copy, edits)};\nWhether there are any, this shows:\nSELECT count(*) FROM ${identifier(table)} WHERE ${identifier(from.name)} IS NULL;`,
    fix: { title: `Copy ${text}`, edits, safe: false },
  });
}
