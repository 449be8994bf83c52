import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findWrangler, type Wrangler } from '../wrangler/index.ts';

/** The wrangler under test: the newest supported, or the one that `D1_WRANGLER` names (`wrangler-min`). */
export const testWrangler = (): Wrangler => findWrangler(process.cwd());

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the tests of the file have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'd1-test-'));
  folders.push(folder);
  return folder;
}

/** Writes files, given by path relative to a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
