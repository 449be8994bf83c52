import { join } from 'node:path';
import type { Target } from 'd1-core/target';
import type { TestWorkspace } from 'd1-core/testing';
import { targetIn } from './index.ts';

/**
 * The local database of a workspace, with a wrangler around which somebody else is at work: JavaScript that runs before
 * and after it. `config` is the path of the config that wrangler gets, and `sql(text)` runs SQL on the database's file.
 */
export function meddledTarget(
  workspace: TestWorkspace,
  { before = '', after = '' }: { readonly before?: string; readonly after?: string },
): Target {
  const target = targetIn(workspace);
  workspace.write({
    'meddle.mjs': `
      import { spawnSync } from 'node:child_process';
      import { chmodSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
      import { dirname, join } from 'node:path';
      import { DatabaseSync } from 'node:sqlite';
      const config = process.argv.find((part) => part.startsWith('--config=')).slice('--config='.length);
      const sql = (text) => {
        const folder = '.wrangler/state/v3/d1/miniflare-D1DatabaseObject/';
        const [file] = readdirSync(folder).filter((name) => /^[0-9a-f]{64}.sqlite$/.test(name));
        const database = new DatabaseSync(folder + file);
        database.exec(text);
        database.close();
      };
      ${before}
      const { status } = spawnSync(process.execPath, [${JSON.stringify(target.wrangler.bin)}, ...process.argv.slice(2)], { stdio: 'inherit' });
      ${after}
      process.exitCode = status;
    `,
  });
  return { ...target, wrangler: { ...target.wrangler, bin: join(workspace.root, 'meddle.mjs') } };
}
