import { sameName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { insertAfter } from '../../recipes/insert-after.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { restoreSequence } from 'd1-core/rebuild';
import { sqlBlock } from '../../recipes/sql-block.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_orders.sql': `-- d1-lint-disable-file schema/no-autoincrement: numbers are printed on invoices
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total INTEGER NOT NULL);
CREATE TABLE invoices (order_id INTEGER PRIMARY KEY, total INTEGER NOT NULL);`,
  '0002_seed.sql': `INSERT INTO orders (id, total) VALUES (1, 10), (2, 20);
INSERT INTO invoices (order_id, total) VALUES (1, 10), (2, 20);
DELETE FROM orders WHERE id = 2;`,
};

const rebuild = (
  restore: string,
): string => `-- d1-lint-disable-file schema/no-autoincrement: numbers are printed on invoices
CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total INTEGER NOT NULL, note TEXT);
INSERT INTO new_orders (id, total) SELECT id, total FROM orders;
${restore}DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;`;

const nextOrder = `INSERT INTO orders (total) VALUES (30);
INSERT INTO invoices (order_id, total) SELECT id, total FROM orders WHERE total = 30
ON CONFLICT (order_id) DO UPDATE SET total = excluded.total;`;

export default defineRule({
  id: 'data/copy-resets-sequence',
  severity: 'warning',
  kind: 'data',
  summary: 'A rebuild of a table with AUTOINCREMENT gives the numbers of deleted rows away again.',
  why: `AUTOINCREMENT keeps the highest number ever used in the table sqlite_sequence, and DROP TABLE deletes it there. The
new table starts after the highest number that was copied. When the newest rows were deleted before, their numbers come
back, which AUTOINCREMENT is there to prevent: in the example the next order gets the number of a deleted one, and
overwrites its invoice.`,
  bad: [{ ...setUp, '0003_note.sql': `${rebuild('')}\n${nextOrder}` }],
  good: [
    {
      ...setUp,
      '0003_note.sql': rebuild(
        `DELETE FROM sqlite_sequence WHERE name = 'new_orders';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_orders', seq FROM sqlite_sequence WHERE name = 'orders';
`,
      ),
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      const { table, result, createdAs, copies, drop } = rebuild;
      if (!table.autoincrement || result?.autoincrement !== true || isRestored(context)) continue;
      const restore = restoreSequence(table.name, createdAs.text);
      const lastCopy = copies.findLast(({ index }) => index < drop.index);
      const fitting = lastCopy !== undefined && !sameName(createdAs.text, table.name);
      context.report({
        at: createdAs,
        message: `The new ${table.name} counts on from the highest id that is copied: ids of rows deleted at the end are given away again.${generatedBy(rebuild, context)}`,
        help: fitting
          ? `Carry the count over, between the copy and DROP TABLE ${table.name}:\n${sqlBlock(restore)}`
          : `Carry the count over: read seq of ${table.name} from sqlite_sequence before DROP TABLE, and write it there for the new table.`,
        fix: fitting
          ? {
              title: 'Carry the count over',
              edits: [insertAfter(lastCopy, context, restore.join(';\n'))],
              safe: false,
            }
          : undefined,
      });
    }
  },
});

const isRestored = ({ statements }: Pick<RuleContext, 'statements'>): boolean =>
  statements.some((statement) => sameName(writtenTable(statement)?.text ?? '', 'sqlite_sequence'));
