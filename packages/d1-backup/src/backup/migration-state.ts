import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { DatabaseState } from 'd1-core/records';
import { checksums, folderOptions, listMigrations } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import { STATE_VERSION, type MigrationState } from '../format/index.ts';

/** Where a database stands, and which files there are: what `migration_state.json` says. */
export async function migrationState(target: Target, { history }: DatabaseState): Promise<MigrationState> {
  return {
    stateVersion: STATE_VERSION,
    historyTable: target.database.migrationsTable,
    applied: history,
    files: await filesOf(target),
  };
}

async function filesOf({
  database,
  environment: { configFile },
  wrangler,
}: Target): Promise<MigrationState['files']> {
  if (!existsSync(database.migrationsDir)) return [];
  const files = listMigrations(folderOptions({ ...database, configFile }, wrangler.version));
  const tokenize = await loadTokenizer();
  return Promise.all(
    files.map(async ({ name, path }) => {
      const { raw, tokens } = checksums(await readFile(path), tokenize);
      return { name, rawChecksum: raw, tokenChecksum: tokens };
    }),
  );
}
