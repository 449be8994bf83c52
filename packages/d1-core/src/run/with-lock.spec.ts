import { openShadowD1, type D1 } from '../database/index.ts';
import { readLockStatement, takeLockStatements, heldLock } from '../records/index.ts';
import { identify, testWrangler } from '../testing/index.ts';
import { withLock } from './index.ts';

/** Another run takes the lock over, as one does when it has expired. */
const TAKE_OVER = [
  "UPDATE d1_migrate_metadata SET value = json_set(value, '$.until', '2020-01-01T00:00:00Z') WHERE key = 'lock'",
  ...takeLockStatements('other', 'grace on desktop', 60),
];

describe('work under the lock of a remote database', () => {
  let d1: D1;
  beforeEach(async () => {
    d1 = { ...openShadowD1(testWrangler()), location: 'remote' };
    await d1.batch(['CREATE TABLE done (x)']);
  });
  afterEach(() => d1.close());

  const done = async () => (await d1.batch(['SELECT x FROM done']))[0]?.map(({ x }) => x);
  const warnings: string[] = [];
  const run = (work: Parameters<typeof withLock<void>>[2]) =>
    identify().then((identity) => withLock(d1, identity, work, (warning) => warnings.push(warning)));

  it('writes as long as the lock is held, and lets it go', async () => {
    await run(async ({ write }) => {
      await write(["INSERT INTO done VALUES ('first')"]);
      await write(["INSERT INTO done VALUES ('second')"], { condition: "'a' = 'a'" });
    });
    expect(await done()).toEqual(['first', 'second']);
    expect(heldLock((await d1.batch([readLockStatement]))[0] ?? [])).toBeUndefined();
  });

  it('writes nothing more when another run has taken the lock over, and leaves it the lock', async () => {
    const work = run(async ({ write }) => {
      await write(["INSERT INTO done VALUES ('first')"]);
      await d1.batch(TAKE_OVER);
      await write(["INSERT INTO done VALUES ('second')"]);
    });
    await expect(work).rejects.toMatchObject({ code: 'locked', exitCode: 11 });
    expect(await done()).toEqual(['first']);
    expect(heldLock((await d1.batch([readLockStatement]))[0] ?? [])).toMatchObject({ run: 'other' });
  });

  it('tells a condition that does not hold from a lost lock, and from JSON of the statements', async () => {
    const write = (statements: readonly string[], condition?: string) =>
      run((database) => database.write(statements, { condition }));
    await expect(write(["INSERT INTO done VALUES ('x')"], '1 = 2')).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    await expect(write(["SELECT json('{')"])).rejects.toMatchObject({ code: 'sql-error' });
    expect(await done()).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
