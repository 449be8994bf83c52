import { openMemoryDatabase } from 'd1-core/schema';

/** What stands in columns of such types in practice, and what most easily changes. */
const PROBES = [
  '0',
  '1',
  '-9223372036854775808',
  '9007199254740993',
  '0.1',
  '1e300',
  '2.0',
  "'007'",
  "'1e3'",
  "'text'",
  "' 1'",
  "''",
  "x'00ff'",
  'NULL',
];

/** Whether every value that a column of one type can hold is the same after a stay in a column of the other. */
export async function roundTrips(type: string, other: string): Promise<boolean> {
  if (type.toUpperCase() === other.toUpperCase()) return true;
  const database = await openMemoryDatabase();
  try {
    database.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY, value ${type});
      CREATE TABLE b (id INTEGER PRIMARY KEY, value ${other});
      CREATE TABLE c (id INTEGER PRIMARY KEY, value ${type});
      INSERT INTO a (value) VALUES ${PROBES.map((probe) => `(${probe})`).join(', ')};
      INSERT INTO b SELECT * FROM a;
      INSERT INTO c SELECT * FROM b;`);
    const changed = database
      .prepare('SELECT 1 FROM a JOIN c USING (id) WHERE quote(a.value) <> quote(c.value)')
      .get();
    return changed === undefined;
  } catch {
    return false; // A type that cannot stand there alone.
  } finally {
    database.close();
  }
}
