import { join } from 'node:path';
import { allWrittenFiles } from './all.ts';
import { staleFiles } from './written-files.ts';

const ROOT = join(import.meta.dirname, '../../../..');

describe('what is written from the source', () => {
  it('is as "npm run docs" writes it', async () => {
    const stale = [];
    for (const files of await allWrittenFiles()) stale.push(...(await staleFiles(ROOT, files)).keys());
    expect(stale).toEqual([]);
  });
});
