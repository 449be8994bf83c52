import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { testWrangler, type TestWorkspace } from 'd1-core/testing';

/**
 * Puts a wrapper around the wrangler of a workspace that notes each start, and returns the commands that were started so
 * far, such as `d1 execute`.
 */
export function countWrangler(workspace: TestWorkspace): () => readonly string[] {
  const started = noteWrangler(workspace);
  return () => started().map((args) => args.filter((part) => /^[a-z][a-z0-9-]*$/.test(part)).join(' '));
}

/** The same, with all arguments of each start. */
export function noteWrangler({ root }: TestWorkspace): () => readonly (readonly string[])[] {
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
appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n');
const { status, signal } = spawnSync(process.execPath, [${JSON.stringify(real.bin)}, ...process.argv.slice(2)], { stdio: 'inherit' });
if (signal) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
`,
  );
  // What runs on throw-away databases is looked for beside wrangler.
  const [miniflare = ''] =
    /^.*[\\/]miniflare(?=[\\/])/.exec(createRequire(real.packageFile).resolve('miniflare')) ?? [];
  symlinkSync(miniflare, join(root, 'node_modules', 'miniflare'), 'junction');
  return () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
}
