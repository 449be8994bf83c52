import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/index.ts';
import { replaceFile } from './files.ts';

describe('a file that is replaced', () => {
  it('has the new text, and nothing lies beside it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'reports', 'plan.json');
    await replaceFile(file, 'old');
    await replaceFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'reports'))).toEqual(['plan.json']);
  });

  it('keeps its text where the new one cannot be written', async () => {
    const file = join(temporaryFolder(), 'plan.json');
    await replaceFile(file, 'old');
    mkdirSync(`${file}.partial`);
    await expect(replaceFile(file, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});
