import { schemaOf } from '../schema/index.ts';
import { loadTokenizer } from '../sql/index.ts';
import { findSeeds } from './seed.ts';

/** The tables that get no rows, of those that the statements create. */
async function unseeded(...tables: readonly string[]): Promise<readonly string[]> {
  const entries = tables.map((sql) => {
    const name = /TABLE (\w+)/.exec(sql)?.[1] ?? '';
    return { type: 'table', name, table: name, sql };
  });
  const { statements, failures } = await findSeeds(await schemaOf(entries), new Map(), await loadTokenizer());
  expect(statements).toHaveLength(2 * (tables.length - failures.length));
  return failures.map(({ table, reason }) => `${table}: ${reason}`);
}

describe('rows for tables that have none', () => {
  it('meet the checks of many columns, each of its own', async () => {
    expect(
      await unseeded(`CREATE TABLE offers (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('once', 'monthly')),
  unit TEXT CHECK (unit IS NULL OR unit IN ('day', 'week')),
  stock TEXT NOT NULL DEFAULT 'deny' CHECK (stock IN ('deny', 'allow')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  discount INTEGER NOT NULL CHECK (discount BETWEEN 0 AND 100),
  rating REAL CHECK (rating >= 0 AND rating <= 5),
  shown INTEGER NOT NULL CHECK (shown IN (0, 1))
)`),
    ).toEqual([]);
  });

  it('keep their references where the column has a check too', async () => {
    expect(
      await unseeded(
        "CREATE TABLE plans (code TEXT PRIMARY KEY NOT NULL CHECK (code IN ('free', 'team')))",
        `CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES plans (code) CHECK (plan <> ''),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  mark TEXT NOT NULL CHECK (mark IN ('a', 'b'))
) STRICT`,
      ),
    ).toEqual([]);
  });

  it('meet a check of several columns, beside those of one', async () => {
    expect(
      await unseeded(`CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done')),
  mode TEXT NOT NULL CHECK (mode IN ('fast', 'slow')),
  size TEXT NOT NULL CHECK (size IN ('small', 'large')),
  done_at TEXT,
  CHECK (done_at IS NULL OR state = 'done')
)`),
    ).toEqual([]);
  });

  it('take different parents for two keys to one table that must differ', async () => {
    expect(
      await unseeded(
        'CREATE TABLE teams (id INTEGER PRIMARY KEY)',
        `CREATE TABLE games (
  home INTEGER NOT NULL REFERENCES teams (id),
  away INTEGER NOT NULL REFERENCES teams (id),
  state TEXT NOT NULL CHECK (state IN ('played', 'open')),
  CHECK (home <> away),
  UNIQUE (home, away)
)`,
        `CREATE TABLE follows (
  follower INTEGER NOT NULL REFERENCES teams (id) CHECK (follower <> followed),
  followed INTEGER NOT NULL REFERENCES teams (id),
  PRIMARY KEY (follower, followed)
) WITHOUT ROWID`,
      ),
    ).toEqual([]);
  });

  it('are given up where nothing is taken, with what SQLite says', async () => {
    expect(
      await unseeded("CREATE TABLE never (id INTEGER PRIMARY KEY, x TEXT CHECK (typeof(x) = 'none'))"),
    ).toEqual([expect.stringContaining("CHECK constraint failed: typeof(x) = 'none'")]);
  });
});
