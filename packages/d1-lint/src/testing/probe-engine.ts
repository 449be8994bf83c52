import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startEngine, type Engine } from 'd1-core/database';
import { openMemoryDatabase } from 'd1-core/schema';
import type { Wrangler } from 'd1-core/wrangler';
import type { EngineFacts, EngineLimits, PragmaUse } from '../d1/engine-facts.ts';

/** The message with which D1 refuses a statement; undefined where it takes it. */
type Try = (sql: string) => Promise<string | undefined>;

/**
 * Asks the workerd of an installed wrangler what it takes. The names that are tried are those that the SQLite of Node
 * knows, and a few that only other builds of SQLite have: what is in none of them D1 does not have either.
 */
export async function probeEngine(wrangler: Wrangler): Promise<EngineFacts> {
  const known = await namesOfSqlite();
  return {
    workerd: workerdVersion(wrangler),
    ...(await onEngine(wrangler, async (attempt) => ({
      functions: await filter(known.functions, (name) => isFunction(name, attempt)),
      tableFunctions: await filter(TABLE_FUNCTIONS, (name) => isTableFunction(name, attempt)),
      modules: await filter(known.modules, (name) => isModule(name, attempt)),
      pragmas: await pragmas(known.pragmas, attempt),
    }))),
    limits: await limits(wrangler),
  };
}

async function onEngine<Value>(wrangler: Wrangler, use: (attempt: Try) => Promise<Value>): Promise<Value> {
  const engine = await startEngine({ wrangler, databases: { DB: 'probe' } });
  try {
    await engine.batch('DB', ['CREATE TABLE t (a)', 'CREATE TABLE numbers (a)']);
    return await use(tryOn(engine));
  } finally {
    await engine.dispose();
  }
}

/** Miniflare depends on exactly one workerd. */
function workerdVersion({ packageFile }: Wrangler): string {
  const miniflare = createRequire(packageFile).resolve('miniflare');
  const manifest: unknown = JSON.parse(
    readFileSync(createRequire(miniflare).resolve('workerd/package.json'), 'utf8'),
  );
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

const tryOn =
  (engine: Engine): Try =>
  async (sql) => {
    try {
      await engine.batch('DB', [sql]);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

const OTHER_FUNCTIONS = ['soundex', 'sqlite_offset', 'regexp', 'json_each', 'unistr', 'median'];
const TABLE_FUNCTIONS = ['json_each', 'json_tree', 'jsonb_each', 'jsonb_tree', 'generate_series', 'dbstat'];
const OTHER_MODULES = [
  'fts3',
  'fts4',
  'geopoly',
  'dbstat',
  'json_each',
  'csv',
  'generate_series',
  'bytecode',
];
const OTHER_PRAGMAS = ['table_xinfo', 'index_xinfo', 'stats', 'vdbe_listing', 'parser_trace'];

async function namesOfSqlite() {
  const database = await openMemoryDatabase();
  const names = (list: string, others: readonly string[]) => {
    const rows = database.prepare(`SELECT DISTINCT name FROM pragma_${list}_list`).all();
    return [...new Set([...rows.map(({ name }) => String(name)), ...others])].sort();
  };
  const found = {
    functions: names('function', OTHER_FUNCTIONS),
    modules: names('module', OTHER_MODULES),
    pragmas: names('pragma', OTHER_PRAGMAS),
  };
  database.close();
  return found;
}

async function filter(
  names: readonly string[],
  isTaken: (name: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const name of names) if (await isTaken(name)) taken.push(name);
  return taken;
}

/** With too few or too many arguments SQLite complains of their number before it asks whether the name is allowed. */
async function isFunction(name: string, attempt: Try): Promise<boolean> {
  if (!/^\w+$/.test(name)) return (await attempt(`SELECT '{}' ${name} '$'`)) === undefined;
  if (name.startsWith('current_')) return (await attempt(`SELECT ${name}`)) === undefined;
  for (let count = 0; count <= 6; count++) {
    const error = await attempt(`SELECT "${name}"(${Array(count).fill("'1'").join(', ')})`);
    if (error === undefined) return true;
    if (/no such function|not authorized/.test(error)) return false;
    if (!error.includes('wrong number of arguments')) return true;
  }
  return false;
}

const isTableFunction = async (name: string, attempt: Try): Promise<boolean> =>
  (await attempt(`SELECT * FROM ${name}('[]')`)) === undefined;

async function isModule(name: string, attempt: Try): Promise<boolean> {
  const error = await attempt(`CREATE VIRTUAL TABLE probe_${name} USING ${name}(a, b, c)`);
  return error === undefined || !/no such module|not authorized/.test(error);
}

async function pragmas(names: readonly string[], attempt: Try): Promise<Record<string, PragmaUse>> {
  const uses: Record<string, PragmaUse> = {};
  for (const name of names) {
    const isTaken = async (form: string) => (await attempt(`PRAGMA ${name}${form}`)) === undefined;
    if ((await isTaken('(t)')) || (await isTaken(' = 1'))) uses[name] = 'any';
    else if (await isTaken('')) uses[name] = 'read';
    // A switch that is left on would change what the next ones mean.
    await attempt(`PRAGMA ${name} = 0`);
  }
  return uses;
}

const repeat = (count: number, text: string, separator = ', ') => Array(count).fill(text).join(separator);

async function limits(wrangler: Wrangler): Promise<EngineLimits> {
  // A new engine for each: one that was out of memory once may refuse everything afterwards.
  const most = (low: number, high: number, sqlOf: (count: number) => string) =>
    onEngine(wrangler, (attempt) =>
      largest(low, high, async (count) => (await attempt(sqlOf(count))) === undefined),
    );
  return {
    statementBytes: await most(50_000, 200_000, (count) => `SELECT '${'x'.repeat(count - 9)}'`),
    columns: await most(10, 2_000, (count) => `SELECT ${repeat(count, '1')}`),
    compoundTerms: await most(1, 500, (count) => repeat(count, 'SELECT 1', ' UNION ALL ')),
    functionArguments: await most(1, 1_000, (count) => `SELECT max(${repeat(count, '1')})`),
    patternBytes: await most(1, 50_000, (count) => `SELECT 'x' LIKE '${'a'.repeat(count)}'`),
    expressionDepth: await most(1, 1_000, (count) => `SELECT ${repeat(count, '1', ' + ')}`),
    instructions: await instructionsOf(insertRows(await most(1_000, 20_000, insertRows))),
  };
}

const insertRows = (rows: number) => `INSERT INTO numbers (a) VALUES ${repeat(rows, '(1)', ',')}`;

async function largest(
  low: number,
  high: number,
  isTaken: (count: number) => Promise<boolean>,
): Promise<number> {
  let taken = low;
  let refused = high;
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2);
    if (await isTaken(middle)) taken = middle;
    else refused = middle;
  }
  return taken;
}

async function instructionsOf(sql: string): Promise<number> {
  const database = await openMemoryDatabase();
  database.exec('CREATE TABLE numbers (a)');
  const count = database.prepare(`EXPLAIN ${sql}`).all().length;
  database.close();
  return count;
}
