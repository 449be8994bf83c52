import type { Tree } from '@nx/devkit';
import { carryNames } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

/** Carries a workspace to the present names of targets. Running it again changes nothing. */
export default (tree: Tree): Promise<void> =>
  carryNames(tree, {
    plugin: PLUGIN,
    targets: { 'deploy-backup': { target: 'backup', isPartOfDeploy: true } },
    generators: {},
    options: [],
    changed: {},
  });
