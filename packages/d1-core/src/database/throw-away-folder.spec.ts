import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testWrangler } from '../testing/index.ts';
import { startEngine } from './engine.ts';
import { makeThrowAwayFolder } from './throw-away-folder.ts';

describe('the folder of a database that nobody keeps', () => {
  it('is gone with all that is in it when it is removed', () => {
    const folder = makeThrowAwayFolder();
    writeFileSync(join(folder.path, 'file'), '');
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('takes with it what a killed process has left, and nothing of a living one', () => {
    const first = makeThrowAwayFolder();
    const parent = dirname(first.path);
    const dead = join(parent, 'd1-shadow-999999999-left');
    mkdirSync(dead);
    const second = makeThrowAwayFolder();
    expect([existsSync(dead), existsSync(first.path)]).toEqual([false, true]);
    first.remove();
    second.remove();
  });
});

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
