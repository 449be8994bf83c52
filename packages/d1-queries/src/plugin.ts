import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { createNodesOf, keepNoColor, type PluginOptions } from 'd1-core/inference';
import { PLUGIN } from './commands/index.ts';
import { markOf, RUN_MARK } from './run-mark.ts';

/** Options of `d1-queries/plugin` in nx.json, for every project with a wrangler config. */
export type D1QueriesPluginOptions = Pick<PluginOptions, 'targetPrefix'>;

export const name = PLUGIN.name;

/**
 * Infers the target that checks the queries, on every project with a wrangler config that has a D1 database. A broken
 * wrangler config still gives the target, which says what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1QueriesPluginOptions> = createNodesOf(PLUGIN);

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;

/** Tells Nx, by an input of the target, what of a run it could not know; and keeps NO_COLOR. */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  keepNoColor();
  // Nx carries what is set here over to the process that runs the tasks.
  process.env[RUN_MARK] = markOf(argv, workspaceRoot);
};
