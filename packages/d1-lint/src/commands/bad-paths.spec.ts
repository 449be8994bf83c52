import { jest } from '@jest/globals';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { runCli } from 'd1-core/cli';
import { COMMANDS } from './index.ts';

describe('a path that leads to nothing of use is an error for the reader', () => {
  const cwd = temporaryFolder();
  writeFiles(cwd, { 'migrations/0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n', 'file.txt': '' });

  it.each([
    ['missing'],
    ['missing.sql'],
    ['file.txt/below.sql'],
    ['migrations', '--config=missing'],
    ['migrations', '--config=migrations'],
    ['migrations', '--config=file.txt/below'],
    ['migrations', '--output=migrations'],
    ['migrations', '--output=file.txt/below'],
  ])('d1-lint %s %s', async (...args) => {
    const said: string[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    const exitCode = await runCli(COMMANDS, args, cwd).finally(() => stderr.mockRestore());
    const text = said.join('');
    expect({ exitCode, text }).toEqual({ exitCode: 2, text });
    expect(text).toContain('Fix:');
    expect(text).not.toContain('defect');
    expect(text).toMatch(/missing|migrations|file\.txt/);
  });
});
