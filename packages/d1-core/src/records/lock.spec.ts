import { openShadowD1, type D1 } from '../database/index.ts';
import { isD1Error } from '../errors/index.ts';
import { runIf } from '../run/index.ts';
import { testWrangler } from '../testing/index.ts';
import {
  freeLockStatement,
  heldLock,
  holdsLock,
  lastLock,
  readLockStatement,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  takeLockStatements,
  underLock,
} from './index.ts';

const NO_LOCK = { run: 'none', fence: 0 };

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
      `SELECT ${holdsLock({ run: 'one', fence: 1 })} AS held`,
      `SELECT ${holdsLock({ run: 'two', fence: 2 })} AS held`,
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
    const work = () =>
      d1.batch(underLock({ run: 'one', fence: 1 }, 0, ['CREATE TABLE IF NOT EXISTS done (x)']));
    await work();
    await d1.batch(['DROP TABLE done']);
    await take('two');
    await expect(work()).rejects.toThrow('malformed JSON');
    expect(await d1.batch([`SELECT name FROM sqlite_master WHERE name = 'done'`])).toEqual([[]]);
  });

  it('is lost with another fence, also to the same run', async () => {
    await take('one', 0);
    const first = { run: 'one', fence: 1 };
    await take('one');
    const write = runIf(d1, ['CREATE TABLE done (x)'], { lock: first });
    await expect(write).rejects.toMatchObject({ code: 'locked', exitCode: 11 });
    expect(await d1.batch([`SELECT name FROM sqlite_master WHERE name = 'done'`])).toEqual([[]]);
  });

  it('is lost when somebody frees it, and its holder then neither writes nor renews', async () => {
    const lock = (await take('one')) ?? NO_LOCK;
    await d1.batch([freeLockStatement(lock)]);
    const write = runIf(d1, ['CREATE TABLE done (x)'], { lock });
    await expect(write).rejects.toMatchObject({ code: 'locked' });
    await d1.batch([renewLockStatement(lock, 600)]);
    expect(await take('two')).toMatchObject({ run: 'two', fence: 3 });
  });

  it('is not freed when it is not the one that was looked at', async () => {
    await take('one', 0);
    await take('two');
    await d1.batch([freeLockStatement({ run: 'one', fence: 1 })]);
    expect(await take('three')).toMatchObject({ run: 'two', fence: 2 });
  });

  it('is held longer by each write', async () => {
    const lock = await take('one');
    await d1.batch(underLock(lock ?? NO_LOCK, 3600, ['SELECT 1']));
    const [rows = []] = await d1.batch([readLockStatement]);
    expect(Date.parse(lastLock(rows)?.until ?? '')).toBeGreaterThan(
      Date.parse(lock?.until ?? '') + 3_000_000,
    );
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
    expect(requireLock(lock, 'one')).toBe(lock);
    expect(() => requireLock(undefined, 'two')).toThrow('This run has lost its lock');
  });
});
