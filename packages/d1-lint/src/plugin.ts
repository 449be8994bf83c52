import { posix } from 'node:path';
import type { CreateNodes } from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { inferProject } from './inference/infer-project.ts';
import { checkPluginOptions } from './inference/options.ts';
import type { D1LintPluginOptions } from './inference/options.ts';

export type { D1LintPluginOptions } from './inference/options.ts';

export const name = 'd1-lint/plugin';

/** Folders that hold generated or foreign configs. */
const ignoredFolders: ReadonlySet<string> = new Set(['node_modules', '.wrangler', 'dist']);

/**
 * Infers the target that lints the migrations, on every project with a wrangler config that has a D1 database. A broken
 * wrangler config still gives the target, which says what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1LintPluginOptions> = [
  '**/wrangler.{toml,json,jsonc}',
  (configFiles, options = {}, { workspaceRoot, nxJsonConfiguration }) => {
    try {
      checkPluginOptions(options);
    } catch (error) {
      throw isD1Error(error) ? new Error(`${error.message} ${error.fix}`, { cause: error }) : error;
    }
    const workspace = { root: workspaceRoot, namedInputs: nxJsonConfiguration.namedInputs ?? {} };
    const folders = configFiles
      .map((file) => posix.dirname(file))
      .filter((folder) => !folder.split('/').some((part) => ignoredFolders.has(part)));
    return [...new Set(folders)]
      .map((folder) => inferProject(folder, options, workspace))
      .filter((project) => project !== undefined)
      .map(({ root, configFile, targets }) => [configFile, { projects: { [root]: { targets } } }]);
  },
];

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;
