import { testWrangler } from '../testing/index.ts';
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
