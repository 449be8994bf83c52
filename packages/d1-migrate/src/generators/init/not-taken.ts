import type { Tree } from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { findWorkers } from 'd1-core/generators';
import type { D1MigratePluginOptions } from '../../plugin.ts';
import { notTakenIn } from '../shared/migrations-folder.ts';

/** Warns of SQL files that look like migrations, and that wrangler would not apply. */
export function notTakenWarnings(tree: Tree, plugin: D1MigratePluginOptions): readonly string[] {
  const warnings = findWorkers(tree, plugin).flatMap(({ wranglerConfig, environments }) =>
    environments
      .flatMap(({ databases }) => databases)
      .flatMap((database) => {
        try {
          return notTakenIn(tree, wranglerConfig, database).map(({ message, fix }) => `${message} ${fix}`);
        } catch (error) {
          if (!isD1Error(error)) throw error;
          return [`${error.message} ${error.fix}`];
        }
      }),
  );
  return [...new Set(warnings)];
}
