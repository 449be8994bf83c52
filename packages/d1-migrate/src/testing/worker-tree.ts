import { addProjectConfiguration, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { nxSite, type NxSite } from 'd1-core/generators';
import { PLUGIN } from '../commands/index.ts';
import { findMigrations, type MigrationsPlace } from '../generators/shared/new-migration.ts';

/** The wrangler config of a Worker with one database in two environments; migrations at the workspace root. */
export const WRANGLER_TOML = `
name = "api"
[[env.development.d1_databases]]
binding = "DB"
database_name = "api-development"
database_id = "11111111-1111-4111-8111-111111111111"
migrations_dir = "../../migrations"
[[env.production.d1_databases]]
binding = "DB"
database_name = "api-production"
database_id = "22222222-2222-4222-8222-222222222222"
migrations_dir = "../../migrations"
`;

/** An Nx workspace in memory with a Worker in `apps/api`. */
export function workerTree(wranglerToml = WRANGLER_TOML): Tree {
  const tree = createTreeWithEmptyWorkspace();
  addWorker(tree, 'api', wranglerToml);
  return tree;
}

export function addWorker(tree: Tree, name: string, wranglerToml = WRANGLER_TOML): void {
  addProjectConfiguration(tree, name, { root: `apps/${name}` });
  tree.write(`apps/${name}/wrangler.toml`, wranglerToml);
}

/** The workspace of a tree, as Nx gives it to a generator. */
export const siteOf = (tree: Tree): NxSite => nxSite(tree, PLUGIN);

/** The migrations folder of its only Worker. */
export const placeIn = (tree: Tree): MigrationsPlace => findMigrations(siteOf(tree), {});
