import { readCachedProjectGraph } from 'd1-core/nx';
import type { GuardedProjects } from './requested-run.ts';

export { logger } from 'd1-core/nx';

/**
 * From the graph that Nx has just written for this run; to compute one here would start the plugins again. Undefined where
 * Nx keeps none.
 */
export function readProjects(): GuardedProjects | undefined {
  try {
    const { nodes } = readCachedProjectGraph();
    return Object.fromEntries(Object.entries(nodes).map(([project, { data }]) => [project, data]));
  } catch {
    return undefined;
  }
}
