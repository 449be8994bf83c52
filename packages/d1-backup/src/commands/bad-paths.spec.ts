import { workOf, type Command } from 'd1-core/command';
import { saidBy, temporaryFolder, testWorkspace } from 'd1-core/testing';
import { writeTestArchive } from '../testing/archive.ts';
import { backupCommand } from './backup.ts';
import { COMMANDS } from './index.ts';
import { listCommand } from './list.ts';
import { pruneCommand } from './prune.ts';
import { restoreCommand } from './restore.ts';
import { verifyCommand } from './verify.ts';

const workspace = testWorkspace();
workspace.write({ 'file.txt': '', 'folder/x.txt': '', 'archive.zip/x.txt': '' });

const target = { wranglerConfig: workspace.wranglerConfig, environment: 'development' };

describe('a path that leads to nothing of use is an error for the reader', () => {
  const run = async (command: Command, options: object) =>
    (await workOf(COMMANDS, command).load())({ ...target, ...options }, { workspaceRoot: workspace.root });
  let archive = '';
  beforeAll(async () => {
    archive = await writeTestArchive(temporaryFolder(), { statements: ['CREATE TABLE a (x)'] });
  });

  it.each([
    ...['missing', 'archive.zip', 'file.txt/below', 'file.txt'].flatMap((path) => [
      ['restore --archive', path, () => run(restoreCommand, { archive: path })] as const,
      ['verify --archive', path, () => run(verifyCommand, { archive: path })] as const,
      ['backup --previous', path, () => run(backupCommand, { previous: path })] as const,
    ]),
    ...['file.txt', 'file.txt/below'].flatMap((path) => [
      ['backup --output', path, () => run(backupCommand, { output: path })] as const,
      ['restore --extractTo', path, () => run(restoreCommand, { archive, extractTo: path })] as const,
      ['list --archives', path, () => run(listCommand, { archives: path })] as const,
      ['prune --archives', path, () => run(pruneCommand, { archives: path, keepLast: 1 })] as const,
    ]),
  ])('%s=%s', async (_, path, command) => {
    const { success, said } = await saidBy(command);
    expect({ success, said }).toEqual({ success: false, said });
    expect(said).toContain('Fix:');
    expect(said).not.toContain('defect');
    expect(said).toContain(path.split('/', 1)[0]);
  });
});
