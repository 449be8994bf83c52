import { startEngine, type D1, type Engine } from 'd1-core/database';
import { identify, targetIn, testWorkspace } from 'd1-core/testing';
import { readDesired } from '../member/desired.ts';
import type { MemberRun } from '../member/migrate-member.ts';

/** The migrations of the tests. */
export const MIGRATIONS = {
  '0001_init.sql': 'CREATE TABLE art (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n',
  '0002_tags.sql':
    'CREATE TABLE tag (id INTEGER PRIMARY KEY, art INTEGER REFERENCES art (id), name TEXT);\nCREATE INDEX tag_art ON tag (art);\n',
  '0003_year.sql': 'ALTER TABLE art ADD COLUMN year INTEGER;\nUPDATE art SET year = 2000;\n',
};

/** A run over databases with these migrations, and the workspace that they stand in. */
export async function memberRun(
  migrations: Readonly<Record<string, string>> = MIGRATIONS,
  run = 'test-run',
): Promise<MemberRun> {
  const target = targetIn(testWorkspace({ migrations }));
  return {
    desired: await readDesired(target),
    environment: 'development',
    historyTable: 'd1_migrations',
    identity: { ...(await identify()), run },
    wranglerVersion: target.wrangler.version,
    quotesHistoryTable: target.wrangler.can.quotesHistoryTable,
  };
}

/** Databases of one workerd, each as fresh as its number. */
export function freshDatabases(count: number) {
  let engine: Promise<Engine> | undefined;
  let used = 0;
  const start = () => {
    const { wrangler } = targetIn(testWorkspace());
    const names = Array.from({ length: count }, (_, index) => [`DB${index}`, `database-${index}`]);
    return startEngine({ wrangler, databases: Object.fromEntries(names) });
  };
  afterAll(async () => (await engine)?.dispose());
  /** The next one that nobody has used. Each call of it is counted. */
  return function next(): D1 & { readonly calls: () => number } {
    const binding = `DB${used}`;
    used += 1;
    if (used > count) throw new Error(`There are only ${count} databases.`);
    let calls = 0;
    return {
      location: 'local',
      async batch(statements) {
        engine ??= start();
        calls += 1;
        return (await engine).batch(binding, statements);
      },
      close: async () => undefined,
      calls: () => calls,
    };
  };
}
