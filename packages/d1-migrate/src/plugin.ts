import type { CreateNodes } from '@nx/devkit';
import { createNodesOf } from 'd1-core/inference';
import type { D1MigratePluginOptions } from './inference/options.ts';
import { PLUGIN } from './inference/target-table.ts';

export type { D1MigratePluginOptions, EnvironmentOption } from './inference/options.ts';

export const name = PLUGIN.name;

/**
 * Infers the D1 targets of every project with a wrangler config that has a D1 database. A broken wrangler config
 * still gives the targets, which say what is wrong; wrong plugin options in nx.json are an error.
 */
export const createNodes: CreateNodes<D1MigratePluginOptions> = createNodesOf(PLUGIN);

/** @deprecated The name that Nx 21 and 22 look for. */
export const createNodesV2 = createNodes;
