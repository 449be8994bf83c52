import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { createNodesOf, keepNoColor, runMark, type PluginOptions } from 'd1-core/inference';
import { PLUGIN, RUN_MARK } from './commands/index.ts';
import { pluginVersion } from './plugin-version.ts';

export type { EnvironmentSetting as EnvironmentOption } from 'd1-core/environment';

/** Options of `d1-migrate/plugin` in nx.json, for every project with a wrangler config. */
export type D1MigratePluginOptions = PluginOptions;

export const name = PLUGIN.name;

/**
 * Infers the D1 targets of every project with a wrangler config that has a D1 database. A broken wrangler config
 * still gives the targets, which say what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1MigratePluginOptions> = createNodesOf(PLUGIN);

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;

/** Tells Nx, by an input of the cached targets, what of a run it could not know, so that it remembers no wrong result; and keeps NO_COLOR. */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  keepNoColor();
  // Nx carries what is set here over to the process that runs the tasks.
  process.env[RUN_MARK] = runMark(argv, workspaceRoot, { version: pluginVersion() });
};
