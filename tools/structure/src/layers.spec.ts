import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import parser from 'typescript-eslint';
import { layers } from './layers.ts';

const root = mkdtempSync(join(tmpdir(), 'layers-'));
const source = join(root, 'packages/shop/src');

afterAll(() => rmSync(root, { recursive: true }));

/** The messages of the rule for each file of a package with the rooms `low`, `high` and `open`, in this order. */
async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  rmSync(source, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), text);
  }
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parser: parser.parser },
      plugins: { rooms: { rules: { layers } } },
      rules: { 'rooms/layers': ['error', ['low', 'open', 'high']] },
    },
  });
  const results = await eslint.lintFiles(['packages']);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

const LOW = { 'low/index.ts': "export { a } from './a.ts';\n", 'low/a.ts': 'export const a = 1;\n' };

test('A room may import a room before it by its index', async () => {
  expect(await lint({ ...LOW, 'high/b.ts': "export { a } from '../low/index.ts';\n" })).toEqual([]);
});

test('A room that has no index may be entered by any file', async () => {
  const files = {
    'open/a.ts': 'export const a = 1;\n',
    'high/b.ts': "import { a } from '../open/a.ts';\na;\n",
  };
  expect(await lint(files)).toEqual([]);
});

test('An import past an index is refused, also for a type and when it is dynamic', async () => {
  const past = 'Import the room "low" by its index.ts.';
  const files = {
    ...LOW,
    'high/b.ts': "import type { a } from '../low/a.ts';\nexport type A = typeof a;\n",
    'high/c.ts': "export const load = () => import('../low/a.ts');\n",
  };
  expect(await lint(files)).toEqual([past, past]);
});

test('A room may not import a room after it', async () => {
  const files = {
    'high/index.ts': 'export const b = 1;\n',
    'low/a.ts': "export { b } from '../high/index.ts';\n",
  };
  expect(await lint(files)).toEqual([
    '"low" may import only the rooms that stand before it, and "high" does not: see docs/architecture.md.',
  ]);
});

test('A circle of files is shown with its way', async () => {
  const files = {
    'low/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
    'low/b.ts': "export type { C as B } from './c.ts';\n",
    'low/c.ts': "import type { A } from './a.ts';\nexport type C = A[];\n",
  };
  expect(await lint(files)).toEqual([
    'This import leads back to this file: b.ts → c.ts → a.ts.',
    'This import leads back to this file: c.ts → a.ts → b.ts.',
    'This import leads back to this file: a.ts → b.ts → c.ts.',
  ]);
});

test('A file does not import the index of its own room', async () => {
  expect(await lint({ ...LOW, 'low/b.ts': "export { a } from './index.ts';\n" })).toEqual([
    'Import the file itself: index.ts is for other rooms.',
  ]);
});

test('A room that is not in the order is named', async () => {
  expect(await lint({ 'new/a.ts': 'export const a = 1;\n' })).toEqual([
    '"new" is not among the rooms of this package in tools/structure/src/rooms.ts.',
  ]);
});
