/**
 * What the plugins use of Nx when they run. It comes from nx itself, where @nx/devkit has it from too, and nothing comes
 * from @nx/devkit: many a workspace has none, such as one that `nx init` made, and npm would then take the newest, which
 * refuses an older Nx.
 */
export {
  detectPackageManager,
  getPackageManagerCommand,
  getProjects,
  readCachedProjectGraph,
  readJson,
  readNxJson,
  runExecutor,
  updateJson,
  updateNxJson,
  writeJson,
} from 'nx/src/devkit-exports.js';
export { formatFiles } from './format-files.ts';
export { logger } from './logger.ts';
