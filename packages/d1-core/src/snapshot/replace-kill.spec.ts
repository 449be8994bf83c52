import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { localDatabaseFile } from '../database/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { temporaryFolder } from '../testing/index.ts';

/** How many moments are tried; `npm run soak` sets more. */
const MOMENTS = Number(process.env['D1_SOAK_RUNS'] ?? 4);

const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));

/** Puts a new database into the place of the old one, again and again, and then goes back to a snapshot. */
const program = (persistTo: string) => `
  import { mkdirSync } from 'node:fs';
  import { dirname } from 'node:path';
  import { localDatabaseFile } from ${module('../database/index.ts')};
  import { makeThrowAwayFolder } from ${module('../node/index.ts')};
  import { openDatabaseFile } from ${module('../schema/index.ts')};
  import { replaceDatabase, restoreSnapshot } from ${module('index.ts')};
  const database = { id: 'x', persistTo: ${JSON.stringify(persistTo)} };
  console.log('begins');
  for (let round = 1; round <= 20; round++) {
    const workplace = makeThrowAwayFolder(database.persistTo);
    const made = { ...database, persistTo: workplace.path };
    mkdirSync(dirname(localDatabaseFile(made)), { recursive: true });
    const connection = await openDatabaseFile(localDatabaseFile(made));
    connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (x); INSERT INTO a VALUES (' + round + ')');
    connection.close();
    await replaceDatabase(database, made, ['test']);
    workplace.remove();
    await restoreSnapshot(database);
  }
`;

async function databaseWithOneRow(persistTo: string): Promise<string> {
  const file = localDatabaseFile({ id: 'x', persistTo });
  mkdirSync(dirname(file), { recursive: true });
  const connection = await openDatabaseFile(file);
  connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (x); INSERT INTO a VALUES (0)');
  connection.close();
  return file;
}

function startProgram(persistTo: string) {
  return spawn(process.execPath, ['--input-type=module', '--eval', program(persistTo)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a local database that is replaced', () => {
  it('is there at every moment', async () => {
    const persistTo = temporaryFolder();
    const file = await databaseWithOneRow(persistTo);
    const child = startProgram(persistTo);
    let missed = 0;
    while (child.exitCode === null) {
      if (!existsSync(file)) missed++;
      await setImmediate();
    }
    expect({ missed, exitCode: child.exitCode }).toEqual({ missed: 0, exitCode: 0 });
  });

  it.each(Array.from({ length: MOMENTS }, (_, index) => 20 + Math.round((index / MOMENTS) * 400)))(
    'is whole when the process that replaces it is killed after %i ms',
    async (moment) => {
      const persistTo = temporaryFolder();
      const file = await databaseWithOneRow(persistTo);
      const child = startProgram(persistTo);
      await once(child.stdout, 'data');
      await wait(moment);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const connection = await openDatabaseFile(file);
      const rows = connection.prepare('SELECT count(*) AS n FROM a').get();
      const check = connection.prepare('PRAGMA integrity_check').get();
      connection.close();
      expect([rows, check]).toEqual([{ n: 1 }, { integrity_check: 'ok' }]);
    },
  );
});
