import { findProduction } from 'd1-core/environment';
import type { AnyPluginOptions, Worker } from 'd1-core/generators';

/** The npm scripts for a Worker. Those for production come only where it is clear which environment that is. */
export function packageScripts(
  { project, environments, wranglerConfig }: Worker,
  { backupTargetName = 'backup', backupVerifyTargetName = 'backup-verify' }: AnyPluginOptions,
): Readonly<Record<string, string>> {
  const production = findProduction(environments)?.name;
  const development = environments.find(({ location }) => location === 'local')?.name;
  const run = (target: string) => `nx run ${project}:${target}`;
  // In a Worker at the root of the workspace Nx would run a script of that name in the place of the target: it would run
  // itself.
  const hasTarget = (name: string) => !wranglerConfig.includes('/') && name === backupTargetName;
  return {
    ...(hasTarget('backup') ? {} : { backup: run(backupTargetName) }),
    ...(production === undefined
      ? {}
      : { 'backup:remote': `${run(backupTargetName)} --configuration=${production} --mode=export` }),
    'backup:photos': `${run(backupTargetName)} --photosOnly`,
    ...(development === undefined
      ? {}
      : { 'backup:dev': `${run(backupTargetName)} --configuration=${development}` }),
    'backup:validate': run(backupVerifyTargetName),
  };
}
