import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { configFolders, keepNoColor, oneLine } from 'd1-core/inference';
import { inferProject } from './inference/infer-project.ts';
import { checkPluginOptions } from './inference/options.ts';
import type { D1LintPluginOptions } from './inference/options.ts';
import { markOf, RUN_MARK } from './inference/run-mark.ts';

export type { D1LintPluginOptions } from './inference/options.ts';

export const name = 'd1-lint/plugin';

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
      throw isD1Error(error) ? new Error(oneLine(error), { cause: error }) : error;
    }
    const { namedInputs = {}, targetDefaults, plugins = [] } = nxJsonConfiguration;
    const workspace = { root: workspaceRoot, namedInputs, targetDefaults, plugins };
    return configFolders(configFiles)
      .map((folder) => inferProject(folder, options, workspace))
      .filter((project) => project !== undefined)
      .map(({ root, configFile, name, targets }) => [
        configFile,
        {
          projects: {
            [root]: { name, targets, metadata: { targetGroups: { D1: Object.keys(targets) } } },
          },
        },
      ]);
  },
];

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;

/** Tells Nx, by an input of the target, what of a run it could not know, so that it remembers no wrong result; and keeps NO_COLOR. */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  keepNoColor();
  // Nx carries what is set here over to the process that runs the tasks.
  process.env[RUN_MARK] = markOf(argv, workspaceRoot);
};
