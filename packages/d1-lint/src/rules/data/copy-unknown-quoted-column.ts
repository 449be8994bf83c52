import { columnOf, type Table } from 'd1-core/schema';
import { identifier, type Name, sameName, type SyntaxNode } from 'd1-core/sql';
import type { Edit, Fix, Range } from '../../engine/finding.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { copiedColumns, copySelect, type CopiedColumn } from '../../recipes/copied-columns.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { withReplacements } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_plans.sql': 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT);',
  '0002_coupons.sql': 'CREATE TABLE coupons (id INTEGER PRIMARY KEY, plan TEXT NOT NULL);',
  '0003_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free');",
  '0004_seed.sql': "INSERT INTO coupons (id, plan) VALUES (1, 'free');",
};

const rebuild = (columns: string): string => `CREATE TABLE \`__new_plans\` (
  \`id\` integer PRIMARY KEY NOT NULL,
  \`name\` text NOT NULL,
  \`note\` text,
  \`code\` text DEFAULT 'none' NOT NULL
);
--> statement-breakpoint
INSERT INTO \`__new_plans\`(${columns}) SELECT ${columns} FROM \`plans\`;
--> statement-breakpoint
DROP TABLE \`plans\`;
--> statement-breakpoint
ALTER TABLE \`__new_plans\` RENAME TO \`plans\`;`;

export default defineRule({
  id: 'data/copy-unknown-quoted-column',
  severity: 'error',
  kind: 'data',
  summary: 'A copy takes a name in double quotes, which is not a column of its source, as text.',
  why: `Where no column has the name in double quotes, SQLite takes it for a text, and D1's SQLite is built that way. A copy
with SELECT "code" FROM plans therefore writes the text code into every row, and the migration succeeds. Drizzle Kit
generates exactly that for a column that is new in a rebuild. In backticks or without quotes the same name is an error.`,
  bad: [
    {
      ...setUp,
      '0005_code.sql': rebuild('"id", "name", "note", "code"'),
      '0006_note.sql': 'INSERT OR REPLACE INTO coupons (id, plan) SELECT id, "plam" FROM coupons;',
    },
  ],
  good: [{ ...setUp, '0005_code.sql': rebuild('"id", "name", "note"') }],
  check(context) {
    for (const statement of context.statements) {
      const select = copySelect(statement);
      const tables = select === undefined ? [] : sourcesOf(statement);
      if (tables.length === 0) continue;
      const columns = copiedColumns(statement);
      const unknown = (node: SyntaxNode) => unknownName(node, tables);
      for (const item of select?.columns ?? []) {
        const expression = item.expr;
        for (const name of expression?.all('ColumnRef').map(unknown) ?? []) {
          const copied = columns.find(({ source }) => source?.start === name?.start);
          if (name !== undefined) report(name, copied, statement, tables, context);
        }
      }
    }
  },
});

/** The tables that a statement reads; empty where a part of it makes names of its own. */
function sourcesOf({ tree, before }: LintStatement): readonly Table[] {
  if (tree === undefined || tree.ctes !== undefined || tree.upserts.length > 0) return [];
  const select = tree.source;
  if (select === undefined || select.all('SelectStmt').length !== 1) return [];
  const references = select.all('TableRef');
  const tables = references.flatMap((one) => before.table(one.tableName.text) ?? []);
  return tables.length === references.length ? tables : [];
}

const ROWID = ['rowid', 'oid', '_rowid_'];

function unknownName(node: SyntaxNode, tables: readonly Table[]): Name | undefined {
  const name = node.qualifier === undefined ? node.column : undefined;
  if (name?.quote !== '"' || ROWID.some((one) => sameName(one, name.text))) return undefined;
  return tables.some((table) => columnOf(table, name.text) !== undefined) ? undefined : name;
}

function report(
  name: Name,
  copied: CopiedColumn | undefined,
  statement: LintStatement,
  tables: readonly Table[],
  context: RuleContext,
): void {
  const source = tables.map((table) => table.name).join(', ');
  const target = statement.tree?.table?.tableName?.text ?? '';
  const into = copied === undefined ? target : `${target}.${copied.target}`;
  const rebuild = rebuildsOf(context).find(({ copies }) => copies.includes(statement));
  const edits = copied === undefined ? undefined : withoutColumn(copied, statement);
  const isDefaulted = copied !== undefined && hasDefault(statement, copied.target);
  const fix: Fix | undefined =
    edits === undefined || !isDefaulted
      ? undefined
      : { title: `Leave ${name.text} out of the copy`, edits, safe: false };
  context.report({
    at: name,
    message: `${source} has no column ${name.text}, so "${name.text}" is a text here: every copied row gets it in ${into}.${rebuild === undefined ? '' : generatedBy(rebuild, context)}`,
    help:
      fix === undefined
        ? `Write the value that ${into} is to get, a text in single quotes, or the right column of ${source}: ${tables.flatMap((table) => table.columns.map((column) => identifier(column.name))).join(', ')}.`
        : `If ${name.text} is new, leave it out of both lists, so that it gets its default:\n${withReplacements(statement, fix.edits)};`,
    fix,
  });
}

function hasDefault({ tree, before }: LintStatement, column: string): boolean {
  const table = before.table(tree?.table?.tableName?.text ?? '');
  const found = table === undefined ? undefined : columnOf(table, column);
  return found !== undefined && (!found.notNull || found.defaultValue !== undefined);
}

/** Deletes a column from both lists of a copy; undefined where it is the only one, or the INSERT has no list. */
function withoutColumn(
  { source, targetAt }: CopiedColumn,
  statement: LintStatement,
): readonly Edit[] | undefined {
  const edits = [source, targetAt].map((name) =>
    name === undefined ? undefined : withComma(name, statement),
  );
  const found = edits.filter((edit) => edit !== undefined);
  return found.length === 2 ? found : undefined;
}

/** The item with the comma before it, or else the one after it. An alias makes it too difficult. */
function withComma({ start, end }: Range, { tokens }: LintStatement): Edit | undefined {
  const index = tokens.findIndex((token) => token.start === start);
  const [previous, next] = [tokens[index - 1], tokens[index + 1]];
  const isLast = next?.text === ')' || next?.text.toUpperCase() === 'FROM';
  if (previous?.text === ',' && (next?.text === ',' || isLast))
    return { start: previous.start, end, text: '' };
  const after = tokens[index + 2];
  return next?.text === ',' && after !== undefined ? { start, end: after.start, text: '' } : undefined;
}
