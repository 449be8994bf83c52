import { keyFlaw, type Schema, type Table } from 'd1-core/schema';
import { quoteText } from 'd1-core/sql';

/**
 * The statement that counts the rows whose foreign keys point to nothing. Tables with a key that does not fit its parent
 * are left out: SQLite refuses to check them.
 */
export function countViolations(schema: Schema, tables: readonly Table[]): string {
  const names = tables.filter((table) => isCheckable(schema, table)).map(({ name }) => name);
  const list = quoteText(JSON.stringify(names));
  return `SELECT count(*) AS violations FROM json_each(${list}) AS names, pragma_foreign_key_check(names.value)`;
}

const isCheckable = (schema: Schema, { foreignKeys }: Table): boolean =>
  foreignKeys.length > 0 &&
  foreignKeys.every((key) => {
    const parent = schema.table(key.parent);
    return parent === undefined || keyFlaw(schema, parent, key) === undefined;
  });
