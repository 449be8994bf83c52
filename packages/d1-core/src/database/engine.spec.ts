import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execa } from 'execa';
import { commandOnSmallDisk, hasSmallDisks, temporaryFolder, testWrangler } from '../testing/index.ts';
import { localDatabaseFile } from './database-file.ts';
import { startEngine } from './engine.ts';

describe('several transactions in one call', () => {
  it('run one after the other, up to the first that fails', async () => {
    const engine = await startEngine({ wrangler: testWrangler(), databases: { DB: 'transactions' } });
    try {
      const { committed, error } = await engine.transactions('DB', [
        ['CREATE TABLE t (id INTEGER PRIMARY KEY)', 'INSERT INTO t VALUES (1)'],
        ['SELECT count(*) AS n FROM t'],
        ['INSERT INTO t VALUES (2)', 'INSERT INTO t VALUES (1)'],
        ['INSERT INTO t VALUES (3)'],
      ]);
      expect(committed).toEqual([[[], []], [[{ n: 1 }]]]);
      expect(error).toMatchObject({ code: 'sql-constraint' });
      expect(await engine.batch('DB', ['SELECT id FROM t'])).toEqual([[{ id: 1 }]]);
    } finally {
      await engine.dispose();
    }
  });
});

describe('a call that takes longer than it may', () => {
  it('ends with its engine, and nothing of its transaction is in the database', async () => {
    const place = { wrangler: testWrangler(), persistTo: temporaryFolder(), databases: { DB: 'slow' } };
    const first = await startEngine(place);
    await first.batch('DB', ['CREATE TABLE a (x)']);
    await first.dispose();
    const engine = await startEngine({ ...place, timeout: 200 });
    const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
    await expect(engine.batch('DB', ['INSERT INTO a VALUES (1)', endless])).rejects.toMatchObject({
      code: 'engine-timeout',
      fix: expect.stringContaining('--timeout'),
    });
    await engine.dispose();
    const file = new DatabaseSync(localDatabaseFile({ id: 'slow', persistTo: place.persistTo }));
    expect(file.prepare('SELECT * FROM a').all()).toEqual([]);
    file.close();
  });
});

describe('an engine whose disk is full', () => {
  it('says so, and neither that the SQL is wrong nor that somebody uses the database', async () => {
    const program = join(temporaryFolder(), 'program.ts');
    writeFileSync(
      program,
      `import { findWrangler } from ${JSON.stringify(join(import.meta.dirname, '../wrangler/index.ts'))};
      import { openLocalD1 } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      const d1 = openLocalD1({ wrangler: findWrangler(process.cwd()), id: 'full', persistTo: process.env['TMPDIR'] });
      await d1.batch(['CREATE TABLE a (x)']);
      const rows = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO a SELECT randomblob(100000) FROM n';
      const code = await d1.batch([rows]).then(() => 'it went in', (error) => error.code);
      await d1.close();
      console.log(code);`,
    );
    const [shell = '', ...args] = commandOnSmallDisk([process.execPath, program]);
    const { stdout, stderr } = await execa(shell, args, { reject: false });
    expect([stdout, stderr]).toEqual([hasSmallDisks() ? 'disk-full' : 'engine-ended', '']);
  });
});
