import { findProduction } from 'd1-core/environment';
import { lineFor } from 'd1-core/door';
import type { Worker } from 'd1-core/site';

/** The npm scripts for a Worker. Those for production come only where it is clear which environment that is. */
export function packageScripts({
  project,
  environments,
  wranglerConfig,
}: Worker): Readonly<Record<string, string>> {
  const production = findProduction(environments)?.name;
  const development = environments.find(({ location }) => location === 'local')?.name;
  const run = (command: string, environment?: string, ...words: readonly string[]) =>
    lineFor({ project, environment }, `d1-backup:${command}`, ...words).replace('npx ', '');
  // In a Worker at the root of the workspace Nx would run a script of that name in place of the target: it would run
  // itself.
  const runsItself = !wranglerConfig.includes('/') && run('backup').endsWith(':backup');
  return {
    ...(runsItself ? {} : { backup: run('backup') }),
    ...(production === undefined ? {} : { 'backup:remote': run('backup', production, '--mode=export') }),
    'backup:photos': run('backup', undefined, '--photosOnly'),
    ...(development === undefined ? {} : { 'backup:dev': run('backup', development) }),
    'backup:validate': run('verify'),
  };
}
