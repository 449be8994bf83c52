import { openShadowD1, type D1 } from '../database/index.ts';
import { isD1Error } from '../errors/index.ts';
import { testWrangler } from '../testing/index.ts';
import {
  heldLock,
  holdsLock,
  readLockStatement,
  releaseLockStatement,
  requireLock,
  requireStatement,
  takeLockStatements,
} from './index.ts';

describe('the lock', () => {
  let d1: D1;
  beforeEach(() => {
    d1 = openShadowD1(testWrangler());
  });
  afterEach(() => d1.close());

  const take = async (run: string, seconds = 60) => {
    const rows = await d1.batch([...takeLockStatements(run, `${run}'s owner`, seconds), readLockStatement]);
    return heldLock(rows.at(-1) ?? []);
  };
  const release = (run: string) => d1.batch([releaseLockStatement(run)]);

  it('is taken by the first, and kept against the second', async () => {
    expect(await take('one')).toMatchObject({ run: 'one', owner: "one's owner", fence: 1 });
    expect(await take('two')).toMatchObject({ run: 'one' });
    const [[held] = [], [other] = []] = await d1.batch([
      `SELECT ${holdsLock('one')} AS held`,
      `SELECT ${holdsLock('two')} AS held`,
    ]);
    expect([held, other]).toEqual([{ held: 1 }, { held: 0 }]);
  });

  it('is free after it was let go, and counts its holders', async () => {
    await take('one');
    await release('one');
    expect(await take('two')).toMatchObject({ run: 'two', fence: 2 });
  });

  it('is let go only by its holder', async () => {
    await take('one');
    await release('two');
    expect(await take('two')).toMatchObject({ run: 'one' });
  });

  it('is taken over when it has expired', async () => {
    await take('one', 0);
    expect(await take('two')).toMatchObject({ run: 'two', fence: 2 });
  });

  it('is free when it says no end', async () => {
    await take('one');
    await d1.batch(["UPDATE d1_migrate_metadata SET value = '{}' WHERE key = 'lock'"]);
    expect(await take('two')).toMatchObject({ run: 'two', fence: 1 });
  });

  it('keeps a run from changing anything after it was taken over', async () => {
    await take('one', 0);
    const work = () => d1.batch([requireStatement(holdsLock('one')), 'CREATE TABLE IF NOT EXISTS done (x)']);
    await work();
    await d1.batch(['DROP TABLE done']);
    await take('two');
    await expect(work()).rejects.toThrow('malformed JSON');
    expect(await d1.batch([`SELECT name FROM sqlite_master WHERE name = 'done'`])).toEqual([[]]);
  });

  it('says who holds it, since when and until when', async () => {
    const lock = await take('one');
    try {
      requireLock(lock, 'two');
      throw new Error('not refused');
    } catch (error) {
      if (!isD1Error(error)) throw error;
      expect(error).toMatchObject({ code: 'locked', exitCode: 11 });
      expect(error.message).toMatch(/^one's owner has been changing this database since \d{4}-.*Z\.$/);
      expect(error.fix).toContain(String(lock?.until));
    }
    expect(() => requireLock(lock, 'one')).not.toThrow();
    expect(() => requireLock(undefined, 'two')).not.toThrow();
  });
});
