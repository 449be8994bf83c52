import type { Tree } from '@nx/devkit';
import { findDatabase, findWorker, readPluginOptions, withReadableErrors } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { renumber } from './renumber.ts';
import type { RenumberGeneratorSchema } from './schema.d.ts';

/** Gives every migration that is applied nowhere the next free number. Reads databases, changes only the tree. */
export default function renumberGenerator(tree: Tree, options: RenumberGeneratorSchema): Promise<void> {
  return withReadableErrors(async () => {
    const plugin = readPluginOptions(tree, PLUGIN);
    const worker = findWorker(tree, options.project, plugin);
    const database = findDatabase(worker, options.database ?? plugin.database);
    await renumber(tree, {
      worker,
      database,
      environments: options.environments ?? 'local',
      appliedNames: appliedNamesOf(tree.root, worker, database.binding, plugin),
    });
  });
}
