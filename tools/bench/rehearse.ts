// usage: npm run bench:rehearse -- [megabytes]
// Rehearses a pending migration on a local database of that size: how long it takes against copying the file, and how
// much memory all processes hold together. Linux only.
import { cpSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabaseFile } from 'd1-core/schema';
import { treeMemory } from './tree-memory.ts';
import { generatedWorkspace, REPOSITORY } from './workspace.ts';

const megabytes = Number(process.argv[2] ?? 100);
const workspace = generatedWorkspace(3);
const env = { CI: 'true', NO_COLOR: '1' };

const executor = (name: string): [string, ...string[]] => [
  process.execPath,
  join(REPOSITORY, 'packages/d1-migrate/src/testing/run-executor.ts'),
  name,
  workspace.root,
  JSON.stringify({ wranglerConfig: workspace.wranglerConfig, persistTo: workspace.persistTo }),
];

/** The file of the database is the only one with tables of ours. */
async function databaseFile(): Promise<string> {
  const folder = join(workspace.persistTo, 'v3/d1/miniflare-D1DatabaseObject');
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.sqlite'))) {
    const database = await openDatabaseFile(join(folder, name));
    const isOurs =
      database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'").get() !== undefined;
    database.close();
    if (isOurs) return join(folder, name);
  }
  throw new Error('There is no database.');
}

try {
  await treeMemory(executor('migrate'), { cwd: workspace.root, env });

  const file = await databaseFile();
  const database = await openDatabaseFile(file);
  database.exec(
    `WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < ${megabytes * 4000})
     INSERT INTO table_1 (id, name) SELECT 'row ' || i, hex(randomblob(75)) FROM n;
     PRAGMA wal_checkpoint(TRUNCATE);`,
  );
  database.close();
  const size = statSync(file).size / 1024 / 1024;
  writeFileSync(
    join(workspace.root, 'migrations/0004_change.sql'),
    'ALTER TABLE table_1 ADD COLUMN size INTEGER;\nUPDATE table_1 SET size = length(name);\n',
  );

  const copying = performance.now();
  cpSync(file, join(workspace.root, 'copy.sqlite'));
  const copied = performance.now() - copying;
  const { peakMegabytes, durationMs, output } = await treeMemory(executor('plan'), {
    cwd: workspace.root,
    env,
  });
  console.log(output);
  console.log(`\nDatabase: ${size.toFixed(0)} MB, ${megabytes * 4000} rows`);
  console.log(
    `plan: ${(durationMs / 1000).toFixed(1)} s; to copy the file alone: ${(copied / 1000).toFixed(2)} s`,
  );
  console.log(`Peak memory of all processes together: ${peakMegabytes.toFixed(0)} MB`);
} finally {
  workspace.remove();
}
