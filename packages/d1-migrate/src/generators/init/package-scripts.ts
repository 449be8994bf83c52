import { readJson, updateJson, type Tree } from '@nx/devkit';
import type { D1MigratePluginOptions } from '../../inference/options.ts';
import type { Worker } from '../shared/find-worker.ts';

/** The npm scripts for a Worker, which has to be named where it is not the only one. Those for production come only where there is a protected environment. */
export function packageScripts(
  { project, environments }: Worker,
  {
    migrateTargetName = 'migrate',
    statusTargetName = 'status',
    resetTargetName = 'reset',
  }: D1MigratePluginOptions,
  isNamed: boolean,
): Readonly<Record<string, string>> {
  const production = environments.find((environment) => environment.protected)?.name;
  const run = (target: string) => `nx run ${project}:${target}`;
  return {
    'migrate:create': `nx g d1-migrate:migration${isNamed ? ` --project=${project}` : ''}`,
    'migrate:dev': run(migrateTargetName),
    ...(production === undefined
      ? {}
      : { 'migrate:prod': `${run(migrateTargetName)} --configuration=${production}` }),
    'migrate:status': run(statusTargetName),
    ...(production === undefined
      ? {}
      : { 'migrate:status:prod': `${run(statusTargetName)} --configuration=${production}` }),
    'migrate:reset': run(resetTargetName),
  };
}

/** Adds scripts to the workspace's package.json. Gives the names of those that are there already with other text. */
export function addScripts(tree: Tree, scripts: Readonly<Record<string, string>>): readonly string[] {
  const existing = readScripts(tree);
  const names = Object.keys(scripts);
  const missing = names.filter((name) => existing[name] === undefined);
  if (missing.length > 0) {
    const added = Object.fromEntries(missing.map((name) => [name, scripts[name]]));
    updateJson(tree, 'package.json', (manifest: object) => ({
      ...manifest,
      scripts: { ...existing, ...added },
    }));
  }
  return names.filter((name) => !missing.includes(name) && existing[name] !== scripts[name]);
}

function readScripts(tree: Tree): Readonly<Record<string, unknown>> {
  const { scripts = {} } = readJson<{ scripts?: Record<string, unknown> }>(tree, 'package.json');
  return scripts;
}
