import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { databaseApi, type RemoteDatabase } from '../cloudflare/index.ts';
import { makeThrowAwayFolder } from '../node/index.ts';
import { explainFailure, runWrangler, targetArguments } from '../wrangler/index.ts';
import type { D1 } from './d1.ts';
import { fitsOnCommandLine } from './remote.ts';

/**
 * Runs statements whose rows nobody needs, on a remote database, however long they are together. What fits on a command
 * line is one request, and one transaction. What is longer goes through D1's import, which undoes itself by
 * Time Travel when a statement fails: the caller takes a bookmark first, and looks afterwards what is there. Throws what
 * `batch` throws.
 */
export async function executeScript(
  d1: D1,
  remote: RemoteDatabase,
  statements: readonly string[],
): Promise<void> {
  if (fitsOnCommandLine(statements)) {
    await d1.batch(statements);
    return;
  }
  const script = statements.map((sql) => `${sql};\n`).join('');
  const api = await databaseApi(remote);
  if (api === undefined) await executeFile(remote, script);
  else await api.import(script);
}

async function executeFile({ wrangler, target, timeout }: RemoteDatabase, script: string): Promise<void> {
  const folder = makeThrowAwayFolder();
  try {
    const file = join(folder.path, 'script.sql');
    await writeFile(file, script);
    const result = await runWrangler(wrangler, {
      args: ['d1', 'execute', ...targetArguments(target), '--yes', '--json', `--file=${file}`],
      cwd: dirname(target.configFile),
      timeout,
    });
    if (!/"success":\s*true/.test(result.stdout)) throw explainFailure(result);
  } finally {
    folder.remove();
  }
}
