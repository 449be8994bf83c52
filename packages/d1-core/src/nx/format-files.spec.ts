import { jest } from '@jest/globals';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FsTree } from 'nx/src/generators/tree.js';
import { temporaryFolder, writeFiles } from '../testing/index.ts';
import { formatFiles } from './index.ts';

const PRETTIER = dirname(fileURLToPath(import.meta.resolve('prettier/package.json')));
const UGLY = '{ a:   1 }\n';

async function formatted(files: Record<string, string>, { installed = true } = {}) {
  const root = temporaryFolder();
  mkdirSync(join(root, 'node_modules'));
  if (installed) symlinkSync(PRETTIER, join(root, 'node_modules/prettier'), 'junction');
  writeFiles(root, files);
  const tree = new FsTree(root, false);
  tree.write('a.json5', UGLY);
  tree.write('photo.jpg', UGLY);
  await formatFiles(tree);
  return [tree.read('a.json5', 'utf8'), tree.read('photo.jpg', 'utf8')];
}

it('what a generator wrote is formatted as the workspace has it', async () => {
  expect(await formatted({ '.prettierrc': '{ "bracketSpacing": false }' })).toEqual(['{a: 1}\n', UGLY]);
});

it.each<[string, Parameters<typeof formatted>]>([
  ['has no configuration of Prettier', [{}]],
  ['has Prettier not installed', [{ '.prettierrc': '{}' }, { installed: false }]],
  ['tells Prettier to ignore it', [{ '.prettierrc': '{}', '.prettierignore': '*.json5' }]],
])('what a generator wrote stays as it is in a workspace that %s', async (_, workspace) => {
  expect(await formatted(...workspace)).toEqual([UGLY, UGLY]);
});

it('what was written stays as it is, with a warning, when Prettier fails', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  expect(await formatted({ '.prettierrc': '{ "parser": "nobody" }' })).toEqual([UGLY, UGLY]);
  expect(String(warn.mock.calls[0])).toContain('a.json5 is not formatted');
  warn.mockRestore();
});
