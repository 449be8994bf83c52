import { findProduction } from 'd1-core/environment';
import type { D1MigratePluginOptions } from '../../plugin.ts';
import type { Worker } from 'd1-core/generators';

/** The npm scripts for a Worker, which has to be named where it is not the only one. Those for production come only where it is clear which environment that is. */
export function packageScripts(
  { project, environments }: Worker,
  {
    migrateTargetName = 'migrate',
    statusTargetName = 'status',
    resetTargetName = 'reset',
  }: D1MigratePluginOptions,
  isNamed: boolean,
): Readonly<Record<string, string>> {
  const production = findProduction(environments)?.name;
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
