import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { databaseApi, type RemoteDatabase } from '../cloudflare/index.ts';
import { explainFailure, runWrangler, targetArguments } from '../wrangler/index.ts';

/**
 * Writes a remote database as SQL into a file, which is replaced. A download that ends early can look whole: the caller compares what
 * it got. D1 exports no database with virtual tables, and lets other requests wait meanwhile.
 */
export async function exportDatabase(database: RemoteDatabase, file: string): Promise<void> {
  await rm(file, { force: true });
  const api = await databaseApi(database);
  if (api !== undefined) return api.export(file);
  const { wrangler, target, timeout } = database;
  const result = await runWrangler(wrangler, {
    args: ['d1', 'export', ...targetArguments(target), `--output=${file}`],
    cwd: dirname(target.configFile),
    timeout,
  });
  if (result.exitCode !== 0 || !existsSync(file)) throw explainFailure(result);
}
