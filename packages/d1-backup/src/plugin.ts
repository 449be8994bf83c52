import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { createNodesOf, keepNoColor } from 'd1-core/inference';
import type { D1BackupPluginOptions } from './inference/options.ts';
import { PLUGIN } from './inference/target-table.ts';

export type { D1BackupPluginOptions, EnvironmentOption } from './inference/options.ts';

export const name = PLUGIN.name;

/**
 * Infers the targets for archives on every project with a wrangler config that has a D1 database. A broken wrangler
 * config still gives the targets, which say what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1BackupPluginOptions> = createNodesOf(PLUGIN);

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;

/** Keeps NO_COLOR. Nx carries what is set here over to the process that runs the tasks. */
export const preTasksExecution: PreTasksExecution = async () => keepNoColor();
