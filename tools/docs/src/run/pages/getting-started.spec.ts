import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, writeFiles } from 'd1-core/testing';
import { REPOSITORY } from '../page.ts';
import { runPage } from '../run-page.ts';
import type { PageWorkspace } from '../run-shell.ts';

const COMMANDS = ['d1-migrate', 'd1-lint', 'd1-queries', 'd1-backup'];

/** The config that the page shows. */
function shownConfig(): string {
  const page = readFileSync(join(REPOSITORY, 'docs/getting-started.md'), 'utf8');
  return /^```toml\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
}

/** The folder of a Worker that has no Nx, with the commands of this repository installed. */
async function strangersWorker(): Promise<PageWorkspace> {
  const { root } = testWorkspace({ wranglerToml: shownConfig() });
  const source =
    'export default { fetch: (request, env) => env.DB.prepare("SELECT id, name FROM orders").all() };\n';
  writeFiles(root, { 'src/index.js': source, 'package.json': '{ "name": "shop", "type": "module" }' });
  const bin = (name: string) =>
    `#!/bin/sh\nexec "${process.execPath}" "${join(REPOSITORY, 'packages', name, 'src/cli.ts')}" "$@"\n`;
  for (const name of COMMANDS) {
    const file = join(root, 'node_modules/.bin', name);
    writeFiles(root, { [`node_modules/.bin/${name}`]: bin(name) });
    chmodSync(file, 0o755);
  }
  return { root, env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined } };
}

runPage('docs/getting-started.md', strangersWorker);
