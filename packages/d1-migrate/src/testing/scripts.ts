import { writeFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TestWorkspace } from 'd1-core/testing';
import { makeScripts, type MadeScript } from '../rollback-script/index.ts';
import { listTargetMigrations } from '../survey/index.ts';
import { targetIn } from './index.ts';

/** Makes the rollback scripts of a workspace, as the generator does, and writes them. */
export async function writeScripts(
  workspace: TestWorkspace,
  { only, force = false }: { readonly only?: string; readonly force?: boolean } = {},
): Promise<readonly MadeScript[]> {
  const target = targetIn(workspace);
  const made = await makeScripts({
    wrangler: target.wrangler,
    files: listTargetMigrations(target),
    isWanted: ({ name }) => only === undefined || name === only,
    force,
  });
  for (const script of made) {
    if (!('text' in script)) continue;
    mkdirSync(dirname(script.path), { recursive: true });
    writeFileSync(script.path, script.text);
  }
  return made;
}
