import { type Affinity, affinityOf, type Column, columnOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { copiedColumns, copySelect, onlySource, type CopiedColumn } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { identifier } from 'd1-core/sql';

const setUp = {
  '0001_parts.sql': 'CREATE TABLE parts (id INTEGER PRIMARY KEY, code TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO parts (id, code) VALUES (1, '007');",
};

const rebuild = (
  code: string,
  type: string,
): string => `CREATE TABLE new_parts (id INTEGER PRIMARY KEY, code ${type});
INSERT INTO new_parts (id, code) SELECT id, ${code} FROM parts;
DROP TABLE parts;
ALTER TABLE new_parts RENAME TO parts;`;

export default defineRule({
  id: 'data/copy-narrows-type',
  severity: 'error',
  kind: 'data',
  summary: 'A rebuild copies a column into one whose type alters the values.',
  why: `SQLite converts what it writes to the type of the column. In a column of numbers the text 007 becomes 7, and 1e3
becomes 1000, without an error; what does not look like a number stays text. CAST is worse: it makes 0 of text, and cuts
off fractions. Text that is read back from D1 is then a number, or another text than before.`,
  bad: [
    { ...setUp, '0003_number.sql': rebuild('code', 'INTEGER NOT NULL') },
    { ...setUp, '0003_number.sql': rebuild('CAST(code AS INTEGER)', 'INTEGER NOT NULL') },
  ],
  good: [{ ...setUp, '0003_strict.sql': rebuild('code', "TEXT NOT NULL DEFAULT '000'") }],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      for (const copy of rebuild.copies) {
        const select = copySelect(copy);
        if (select === undefined || onlySource(select, copy, copy.before) === undefined) continue;
        for (const column of copiedColumns(copy)) {
          const change = narrowing(column, rebuild);
          if (change === undefined) continue;
          const { from, to, isCast } = change;
          const name = identifier(from.name);
          const { table } = rebuild;
          context.report({
            at: column.source ?? column.expression,
            message: `${table.name}.${from.name} is ${from.type}, and the copy makes ${to.type} of it: ${effect(from, isCast)}${generatedBy(rebuild, context)}`,
            help: `Keep the type, or add a column beside it, fill it with the values that survive, and drop the old one later. What would change, this shows:\nSELECT ${name} FROM ${identifier(table.name)} WHERE ${name} IS NOT CAST(CAST(${name} AS ${affinityOf(to.type)}) AS ${affinityOf(from.type)}) LIMIT 20;`,
          });
        }
      }
    }
  },
});

const effect = (from: Column, isCast: boolean): string => {
  if (affinityOf(from.type) === 'REAL') return 'fractions are cut off.';
  return isCast
    ? "'007' becomes 7, and what is no number becomes 0."
    : "'007' becomes 7, and what is no number stays text.";
};

interface Narrowing {
  readonly from: Column;
  readonly to: Column;
  readonly isCast: boolean;
}

/** A column that is copied as it is, or through a CAST alone; in any other expression somebody has thought. */
function narrowing(
  { target, source, expression }: CopiedColumn,
  { table, result }: Rebuild,
): Narrowing | undefined {
  const cast = expression.is('CastExpr') ? expression.expr : undefined;
  const name = source ?? (cast?.is('ColumnRef') === true ? cast.column : undefined);
  const from = columnOf(table, name?.text ?? '');
  const to = result === undefined ? undefined : columnOf(result, target);
  if (from === undefined || to === undefined) return undefined;
  const isCast = source === undefined;
  return narrows(from, to, isCast) ? { from, to, isCast } : undefined;
}

const NUMBERS: readonly Affinity[] = ['INTEGER', 'REAL', 'NUMERIC'];

/** Dates are NUMERIC to SQLite, but none of them looks like a number. */
function narrows(from: Column, to: Column, isCast: boolean): boolean {
  const target = affinityOf(to.type);
  if (/date|time/i.test(to.type) && target === 'NUMERIC') return false;
  if (affinityOf(from.type) === 'TEXT') return NUMBERS.includes(target);
  return isCast && affinityOf(from.type) === 'REAL' && target === 'INTEGER';
}
