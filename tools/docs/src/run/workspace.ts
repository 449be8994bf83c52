import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nxWorkspace, type NxWorkspace } from 'd1-core/testing';
import { REPOSITORY } from './page.ts';

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

/** A clone of this workspace as its users know it: the Worker, its migrations, the scripts of npm, in one commit. */
export async function cloneOfWorkspace(): Promise<NxWorkspace> {
  const { scripts }: { scripts: object } = JSON.parse(read('package.json'));
  const workspace = nxWorkspace({
    'package.json': JSON.stringify({
      name: 'clone',
      private: true,
      type: 'module',
      workspaces: ['apps/*'],
      scripts,
    }),
    '.gitignore': read('.gitignore'),
    'tsconfig.base.json': read('tsconfig.base.json'),
  });
  for (const folder of ['apps/workers', 'migrations']) {
    cpSync(join(REPOSITORY, folder), join(workspace.root, folder), {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|\.wrangler|\.d1|out-tsc)$/.test(path),
    });
  }
  await workspace.commit();
  return workspace;
}
