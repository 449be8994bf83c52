import { jest } from '@jest/globals';
import { EMPTY_STATE } from 'd1-core/records';
import { testWorkspace } from 'd1-core/testing';
import { targetIn } from '../testing/index.ts';

/** As Node says it. */
const missing = (name: string) =>
  Object.assign(
    new Error(`Cannot find package '${name}' imported from /app/node_modules/d1-migrate/dist/x.js`),
    {
      code: 'ERR_MODULE_NOT_FOUND',
    },
  );

describe('without d1-queries', () => {
  const check = async () => {
    const { requireWorkingQueries } = await import('./index.ts');
    const target = targetIn(testWorkspace(), { environment: 'production' });
    return requireWorkingQueries({ target, state: EMPTY_STATE, pending: [] });
  };

  it('nothing is compared or refused, and that is said', async () => {
    jest.unstable_mockModule('d1-queries', () => {
      throw missing('d1-queries');
    });
    expect(await check()).toEqual({
      check: {
        order: undefined,
        problem: undefined,
        remarks: [expect.stringContaining('d1-queries is not installed')],
      },
      note: undefined,
    });
  });

  it('one that is there and broken is no missing one', async () => {
    jest.resetModules();
    jest.unstable_mockModule('d1-queries', () => {
      throw missing('oxc-parser');
    });
    await expect(check()).rejects.toThrow("Cannot find package 'oxc-parser'");
  });
});
