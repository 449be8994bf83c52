import { jest } from '@jest/globals';
import { temporaryFolder, testWorkspace } from 'd1-core/testing';
import { writeTestArchive } from '../testing/archive.ts';
import { runBackup } from './backup/run.ts';
import { runList } from './list/run.ts';
import { runPrune } from './prune/run.ts';
import { runRestore } from './restore/run.ts';
import { runVerify } from './verify/run.ts';

const workspace = testWorkspace();
workspace.write({ 'file.txt': '', 'folder/x.txt': '', 'archive.zip/x.txt': '' });

const target = { wranglerConfig: workspace.wranglerConfig, environment: 'development' };

/** What a command says. */
async function saidBy(command: () => Promise<{ success: boolean }>) {
  const said: string[] = [];
  const note = (text: string | Uint8Array) => {
    said.push(String(text));
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(note),
  );
  const { success } = await command().finally(() => streams.forEach((stream) => stream.mockRestore()));
  return { success, said: said.join('') };
}

describe('a path that leads to nothing of use is an error for the reader', () => {
  const { root } = workspace;
  let archive = '';
  beforeAll(async () => {
    archive = await writeTestArchive(temporaryFolder(), { statements: ['CREATE TABLE a (x)'] });
  });

  it.each([
    ...['missing', 'archive.zip', 'file.txt/below', 'file.txt'].flatMap((path) => [
      ['restore --archive', path, () => runRestore({ ...target, archive: path }, root)] as const,
      ['verify --archive', path, () => runVerify({ ...target, archive: path }, root)] as const,
      ['backup --since', path, () => runBackup({ ...target, since: path }, root)] as const,
    ]),
    ...['file.txt', 'file.txt/below'].flatMap((path) => [
      ['backup --output', path, () => runBackup({ ...target, output: path }, root)] as const,
      ['restore --to', path, () => runRestore({ ...target, archive, to: path }, root)] as const,
      ['list --output', path, () => runList({ ...target, output: path }, root)] as const,
      ['prune --output', path, () => runPrune({ ...target, output: path, keepLast: 1 }, root)] as const,
    ]),
  ])('%s=%s', async (_, path, command) => {
    const { success, said } = await saidBy(command);
    expect({ success, said }).toEqual({ success: false, said });
    expect(said).toContain('Fix:');
    expect(said).not.toContain('defect');
    expect(said).toContain(path.split('/', 1)[0]);
  });
});
