import type { Tree } from '@nx/devkit';
import { carryNames } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

const of = (...names: readonly string[]) => names.map((name) => `d1-backup:${name}`);

/** Carries a workspace to the present names of targets and options. Running it again changes nothing. */
export default (tree: Tree): Promise<void> =>
  carryNames(tree, {
    plugin: PLUGIN,
    targets: { 'deploy-backup': { target: 'backup', isPartOfDeploy: true } },
    generators: {},
    options: [
      { name: 'since', of: of('backup'), now: 'previous' },
      { name: 'to', of: of('restore'), now: 'extractTo' },
      { name: 'output', of: of('list', 'prune', 'verify', 'restore'), now: 'archives' },
      { name: 'startAfter', now: undefined },
      { name: 'persistTo', of: of('list', 'prune', 'verify'), now: undefined },
      { name: 'database', of: of('list', 'prune'), now: undefined },
    ],
    changed: {},
  });
