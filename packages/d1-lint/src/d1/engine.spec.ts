import { MAX_STATEMENT_BYTES } from 'd1-core/sql';
import { findWrangler } from 'd1-core/wrangler';
import { probeEngine } from '../testing/probe-engine.ts';
import { NEWEST, OLDEST } from './measured.ts';

describe('what d1-lint knows of the engine', () => {
  it('is what the installed workerd takes; where it differs, "npm run engine-facts" measures it again', async () => {
    const isOldest = process.env['D1_WRANGLER'] === 'wrangler-min';
    expect(await probeEngine(findWrangler(import.meta.dirname))).toEqual(isOldest ? OLDEST : NEWEST);
  });

  it('has nothing that the oldest supported workerd takes and the newest does not', () => {
    const missing = (list: 'functions' | 'tableFunctions' | 'modules') =>
      OLDEST[list].filter((name) => !NEWEST[list].includes(name));
    expect([missing('functions'), missing('tableFunctions'), missing('modules')]).toEqual([[], [], []]);
    expect(NEWEST.pragmas).toMatchObject(OLDEST.pragmas);
    expect(NEWEST.limits).toEqual(OLDEST.limits);
  });

  it('cuts off the longest statement where the parser gives up', () => {
    expect(NEWEST.limits.statementBytes).toBe(MAX_STATEMENT_BYTES);
  });
});
