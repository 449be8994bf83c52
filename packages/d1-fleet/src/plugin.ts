import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { createNodesOf, keepNoColor, type PluginOptions } from 'd1-core/inference';
import { PLUGIN } from './commands/index.ts';

/** Options of `d1-fleet/plugin` in nx.json, for every project with a wrangler config. */
export type D1FleetPluginOptions = PluginOptions;

export const name = PLUGIN.name;

/** Infers the targets for fleets on every project with a wrangler config that has a D1 database. */
export const createNodes: CreateNodes<D1FleetPluginOptions> = createNodesOf(PLUGIN);

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;

/** Keeps NO_COLOR. Nx carries what is set here over to the process that runs the tasks. */
export const preTasksExecution: PreTasksExecution = async () => keepNoColor();
