import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { temporaryFolder, testWrangler } from '../testing/index.ts';
import { copyToShadow, localDatabaseFile, openLocalD1 } from './index.ts';

/** Writes two rows in one transaction, with half a second between them. */
const writer = (file: string) => `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(${JSON.stringify(file)});
  database.exec('BEGIN IMMEDIATE; INSERT INTO a VALUES (1)');
  console.log('writing');
  setTimeout(() => database.exec('INSERT INTO b VALUES (1); COMMIT'), 500);
`;

describe('a throw-away copy of a local database', () => {
  it('is of one moment: it waits for who is writing', async () => {
    const database = { wrangler: testWrangler(), id: 'copied', persistTo: temporaryFolder() };
    const d1 = openLocalD1(database);
    await d1.batch(['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    await d1.close();
    const child = spawn(process.execPath, ['--eval', writer(localDatabaseFile(database))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const copy = await copyToShadow(database);
    expect(await copy.batch(['SELECT x FROM a', 'SELECT x FROM b'])).toEqual([[{ x: 1 }], [{ x: 1 }]]);
    await copy.close();
  });
});
