import type { CreateNodes, PreTasksExecution } from '@nx/devkit';
import { createNodesOf, keepNoColor, type PluginOptions } from 'd1-core/inference';
import { PLUGIN } from './commands/index.ts';

export type { EnvironmentSetting as EnvironmentOption } from 'd1-core/environment';

/** Options of `d1-backup/plugin` in nx.json, for every project with a wrangler config. */
export type D1BackupPluginOptions = PluginOptions;

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
