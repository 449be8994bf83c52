import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesWithBlocks } from '../page.ts';

describe('the documentation', () => {
  it('has a test for each page that shows commands', () => {
    const tested = readdirSync(import.meta.dirname)
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .flatMap((text) => /^runPage\('(.*?)'/m.exec(text)?.[1] ?? []);

    expect(tested.sort()).toEqual(pagesWithBlocks());
  });
});
