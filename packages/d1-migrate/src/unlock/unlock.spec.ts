import { openLocalD1 } from 'd1-core/database';
import { stampStatements, takeLockStatements } from 'd1-core/records';
import { testWorkspace } from 'd1-core/testing';
import { localDatabase } from 'd1-core/target';
import { targetIn } from '../testing/index.ts';
import { unlock } from './unlock.ts';

describe('unlock', () => {
  it('shows the lock, frees it when it is no dry run, and finds none the second time', async () => {
    const target = targetIn(testWorkspace());
    const d1 = openLocalD1(localDatabase(target));
    await d1.batch([...stampStatements('development'), ...takeLockStatements('dead', 'ada on laptop', 600)]);
    await d1.close();

    const shown: string[] = [];
    const approve = async ({ owner }: { owner: string }) => void shown.push(owner);
    const found = { held: { run: 'dead' }, freed: undefined };
    expect(await unlock({ target, approve, dryRun: true })).toMatchObject(found);
    expect(await unlock({ target, approve })).toMatchObject({ freed: { run: 'dead' } });
    expect(await unlock({ target, approve })).toMatchObject({ freed: undefined });
    expect(shown).toEqual(['ada on laptop', 'ada on laptop']);
  });

  it('leaves the lock where it is without consent', async () => {
    const target = targetIn(testWorkspace());
    const d1 = openLocalD1(localDatabase(target));
    await d1.batch([...stampStatements('development'), ...takeLockStatements('alive', 'ada on laptop', 600)]);
    await d1.close();
    await expect(unlock({ target, approve: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(await unlock({ target, approve: async () => undefined })).toMatchObject({
      freed: { run: 'alive' },
    });
  });

  it('has nothing to do for a database that nobody has migrated', async () => {
    expect(await unlock({ target: targetIn(testWorkspace()), approve: async () => undefined })).toMatchObject(
      {
        freed: undefined,
      },
    );
  });
});
