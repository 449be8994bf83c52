import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '../..');

/** A Worker with a local database, and its migrations. */
export interface BenchWorkspace {
  readonly root: string;
  /** Relative to the root. */
  readonly wranglerConfig: string;
  readonly wranglerEnv: string;
  /** Where the local database is kept; absolute. */
  readonly persistTo: string;
  /** Deletes the local database. */
  clear(): void;
  remove(): void;
}

/** The Worker of this repository with its own migrations, and a database elsewhere. */
export function ownWorkspace(): BenchWorkspace {
  const persistTo = mkdtempSync(join(tmpdir(), 'd1-bench-'));
  return {
    root: REPOSITORY,
    wranglerConfig: 'apps/workers/wrangler.toml',
    wranglerEnv: 'development',
    persistTo,
    clear: () => rmSync(persistTo, { recursive: true, force: true }),
    remove: () => rmSync(persistTo, { recursive: true, force: true }),
  };
}

/** A Worker with as many small migrations as asked for. */
export function generatedWorkspace(migrations: number): BenchWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'd1-bench-'));
  const persistTo = join(root, 'state');
  const write = (path: string, content: string) => writeFileSync(join(root, path), content);
  mkdirSync(join(root, 'migrations'));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction');
  write('package.json', '{ "name": "bench", "private": true }');
  write(
    'wrangler.toml',
    `name = "bench"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "bench"\ndatabase_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"\n`,
  );
  for (let number = 1; number <= migrations; number++) {
    write(`migrations/${String(number).padStart(4, '0')}_table_${number}.sql`, migration(`table_${number}`));
  }
  return {
    root,
    wranglerConfig: 'wrangler.toml',
    wranglerEnv: '',
    persistTo,
    clear: () => rmSync(persistTo, { recursive: true, force: true }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const migration = (table: string) => `-- Migration: ${table}
CREATE TABLE ${table} (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE INDEX idx_${table}_name ON ${table} (name);
INSERT INTO ${table} (id, name) VALUES ('1', 'first'), ('2', 'second');
`;
