import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWrangler, type TestWorkspace } from 'd1-core/testing';

/**
 * Puts a wrapper around the wrangler of a workspace that notes each start, and gives the commands that were started so
 * far, such as `d1 execute`.
 */
export function countWrangler({ root }: TestWorkspace): () => readonly string[] {
  const real = testWrangler();
  const name = process.env['D1_WRANGLER'] || 'wrangler';
  const folder = join(root, 'node_modules', name);
  const log = join(root, 'node_modules', 'starts.txt');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, version: real.version, bin: { wrangler: 'bin.mjs' }, main: 'main.cjs' }),
  );
  writeFileSync(join(folder, 'main.cjs'), `module.exports = require(${JSON.stringify(real.entry)});\n`);
  writeFileSync(
    join(folder, 'bin.mjs'),
    `import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).filter((part) => /^[a-z][a-z0-9-]*$/.test(part)).join(' ') + '\\n');
const { status, signal } = spawnSync(process.execPath, [${JSON.stringify(real.bin)}, ...process.argv.slice(2)], { stdio: 'inherit' });
if (signal) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
`,
  );
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
}
