import type { CreateNodes } from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { inferProjects } from './inference/infer-projects.ts';
import { oneLine } from './inference/one-line.ts';
import { checkPluginOptions } from './inference/options.ts';
import type { D1MigratePluginOptions } from './inference/options.ts';

export type { D1MigratePluginOptions, EnvironmentOption } from './inference/options.ts';

export const name = 'd1-migrate/plugin';

/**
 * Infers the D1 targets of every project with a wrangler config that has a D1 database. A broken wrangler config
 * still gives the targets, which say what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1MigratePluginOptions> = [
  '**/wrangler.{toml,json,jsonc}',
  (configFiles, options = {}, { workspaceRoot, nxJsonConfiguration }) => {
    try {
      checkPluginOptions(options);
      const workspace = { root: workspaceRoot, namedInputs: nxJsonConfiguration.namedInputs ?? {} };
      return inferProjects(configFiles, options, workspace).map(({ root, configFile, project }) => [
        configFile,
        { projects: { [root]: project } },
      ]);
    } catch (error) {
      throw isD1Error(error) ? new Error(oneLine(error), { cause: error }) : error;
    }
  },
];

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;
