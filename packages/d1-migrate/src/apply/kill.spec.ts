import { setTimeout as wait } from 'node:timers/promises';
import { moments, testWorkspace } from 'd1-core/testing';
import { query, startExecutor, statesIn } from '../testing/index.ts';

/** A run takes about this long; the moment of the kill is spread over it. */
const RUN_MS = 7_000;

const MIGRATIONS = {
  '0001_log.sql': 'CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT NOT NULL);\n',
  ...Object.fromEntries(
    [2, 3, 4, 5].map((number) => [
      `000${number}_step.sql`,
      `INSERT INTO log (line) VALUES ('${number} begins');\nCREATE TABLE t${number} (x);\nINSERT INTO log (line) VALUES ('${number} ends');\n`,
    ]),
  ),
};

const LOG = [2, 3, 4, 5].flatMap((number) => [{ line: `${number} begins` }, { line: `${number} ends` }]);

/** Of two moments one is for each signal; of a soak's every second. */
const ENDS = moments(2).map(
  (moment, index) => [index % 2 === 0 ? 'SIGKILL' : 'SIGINT', Math.round(moment * RUN_MS)] as const,
);

describe('a migrate', () => {
  it.each(ENDS)(
    'that is ended by %s after %i ms loses nothing, and the next runs apply the rest once',
    async (signal, moment) => {
      const workspace = testWorkspace({ migrations: MIGRATIONS });
      const killed = startExecutor('migrate', workspace, { json: true });
      await Promise.race([wait(moment), killed]);
      killed.kill(signal);
      await killed;

      // After a SIGKILL wrangler may still be at work: a run beside it may fail, but must say so and break nothing.
      for (let run = 0; run < 5; run++) {
        const { exitCode, stdout } = await startExecutor('migrate', workspace, { json: true });
        if (exitCode === 0) break;
        expect(JSON.parse(stdout).error).toMatchObject({ fix: expect.stringMatching(/\w/) });
        await wait(1_000);
      }
      expect(new Set(Object.values(await statesIn(workspace)))).toEqual(new Set(['applied']));
      expect(await query(workspace, 'SELECT line FROM log ORDER BY id')).toEqual(LOG);
      expect(await query(workspace, 'SELECT name FROM d1_migrations ORDER BY id')).toEqual(
        Object.keys(MIGRATIONS).map((name) => ({ name })),
      );
    },
  );
});
