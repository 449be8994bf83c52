import { nearest } from 'd1-core/errors';
import { identifier, type Name, quoteText } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';
import { quotedTexts, type QuotedText } from '../../recipes/quoted-texts.ts';

const orders = (status: string) =>
  `CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL ${status});`;
const simple = orders("DEFAULT 'new'");
const paid = "INSERT INTO orders (id, status) VALUES (1, 'paid');";

export default defineRule({
  id: 'schema/double-quoted-string',
  severity: 'error',
  kind: 'policy',
  summary: 'A text in double quotes.',
  why: `In SQL double quotes are for names. Where no column has such a name, SQLite takes it for a text, and D1's SQLite is
built that way, so it runs. But a mistyped column becomes a text without an error, a column that is added later under that
name changes what the statement means, and SQLite built without this (SQLITE_DQS=0) cannot read the schema. --fix writes it
in the last migration of the folder alone: the others may be applied, and then they never run again.`,
  bad: [
    { '0001_orders.sql': orders('DEFAULT "new"'), '0002_seed.sql': paid },
    { '0001_orders.sql': orders('CHECK (status IN ("new", "paid"))'), '0002_seed.sql': paid },
    { '0001_orders.sql': simple, '0002_paid.sql': 'UPDATE orders SET status = "paid" WHERE id = 1;' },
  ],
  good: [
    simple,
    orders("CHECK (status IN ('new', 'paid'))"),
    {
      '0001_orders.sql': simple,
      '0002_paid.sql': `UPDATE "orders" SET "status" = 'paid' WHERE "id" = 1;`,
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      for (const text of quotedTexts(statement)) report(text, context);
    }
  },
});

function report({ name, place, columns }: QuotedText, context: RuleContext): void {
  const literal = quoteText(name.text);
  // Every name of two letters is near to another one.
  const meant = place === 'default' || name.text.length < 3 ? undefined : nearest(name.text, columns);
  const isCertain = place !== 'index' && meant === undefined;
  context.report({
    at: name,
    message: messageFor(name, place, literal),
    help: isCertain
      ? `Write a text in single quotes: ${literal}.`
      : `${meant === undefined ? '' : `Did you mean the column ${identifier(meant)}? `}${
          place === 'index'
            ? `The columns are ${columns.map(identifier).join(', ')}.`
            : `A text stands in single quotes: ${literal}.`
        }`,
    fix:
      place === 'index'
        ? undefined
        : {
            title: `Write ${literal}`,
            edits: [{ start: name.start, end: name.end, text: literal }],
            safe: isCertain && isNewestFile(context),
          },
  });
}

function messageFor({ text }: Name, place: QuotedText['place'], literal: string): string {
  if (place === 'default') return `The default is the text ${literal}, but double quotes are for names.`;
  return place === 'index'
    ? `No column is called "${text}" here, so SQLite indexes the text ${literal}, which is the same in every row.`
    : `No column is called "${text}" here, so SQLite takes it for the text ${literal}.`;
}
