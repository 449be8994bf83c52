import { fitsOnCommandLine, type D1 } from 'd1-core/database';
import { quoteIdentifier } from 'd1-core/sql';
import type { Table } from '../database/index.ts';

/**
 * What the engine says of a table without giving its rows: their number, and of each column how many values there are
 * of each storage class, their bytes, and sums. Whatever D1's export is known to alter changes one of them.
 */
export type Traits = ReadonlyMap<string, string>;

/** Columns of one query: D1 takes statements of 100,000 bytes, and functions of 127 arguments. */
const COLUMNS = 20;

/** A prime, so that a digit that is rounded away changes the rest. */
const MODULUS = 1_000_003;

/** Reads the traits of tables by name, in as few calls as may be. */
export async function readTraits(d1: D1, tables: readonly Table[]): Promise<Traits> {
  const queries = tables.flatMap((table) => traitQueries(table).map((sql) => ({ name: table.name, sql })));
  const traits = new Map<string, string>();
  let batch: typeof queries = [];
  const flush = async () => {
    const answers = await d1.batch(batch.map(({ sql }) => sql));
    for (const [index, { name }] of batch.entries()) {
      traits.set(name, `${traits.get(name) ?? ''}${String(answers[index]?.[0]?.['traits'])}\n`);
    }
    batch = [];
  };
  for (const query of queries) {
    if (!fitsOnCommandLine([...batch, query].map(({ sql }) => sql))) await flush();
    batch.push(query);
  }
  if (batch.length > 0) await flush();
  return traits;
}

function traitQueries({ name, columns, hiddenRowid }: Table): readonly string[] {
  const names = [...(hiddenRowid === undefined ? [] : [hiddenRowid]), ...columns.map(quoteIdentifier)];
  const parts = Array.from({ length: Math.max(1, Math.ceil(names.length / COLUMNS)) }, (_, index) =>
    names.slice(index * COLUMNS, (index + 1) * COLUMNS),
  );
  return parts.map((part) => {
    const values = ['count(*)', ...part.map(columnTraits)];
    return `SELECT json_array(${values.join(', ')}) AS traits FROM ${quoteIdentifier(name)}`;
  });
}

function columnTraits(column: string): string {
  const kind = (name: string) => `typeof(${column}) = '${name}'`;
  const terms = [
    kind('integer'),
    kind('real'),
    kind('text'),
    kind('blob'),
    `length(CAST(${column} AS BLOB))`,
    `iif(${kind('integer')}, ${column} % ${MODULUS}, 0)`,
    `iif(${kind('real')}, length(printf('%!.17g', ${column})), 0)`,
  ];
  return terms.map((term) => `ifnull(sum(${term}), 0)`).join(" || ' ' || ");
}
