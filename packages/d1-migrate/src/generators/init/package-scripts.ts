import { findProduction } from 'd1-core/environment';
import { commandLine, lineFor } from 'd1-core/door';
import type { Worker } from 'd1-core/site';

/** The npm scripts for a Worker. Those for production come only where it is clear which environment that is. */
export function packageScripts({ project, environments }: Worker): Readonly<Record<string, string>> {
  const production = findProduction(environments)?.name;
  const run = (command: string, environment?: string) =>
    lineFor({ project, environment }, `d1-migrate:${command}`).replace('npx ', '');
  const inProduction = (script: string, command: string) =>
    production === undefined ? {} : { [script]: run(command, production) };
  return {
    'migrate:create': commandLine('d1-migrate:migration').replace('npx ', ''),
    'migrate:dev': run('migrate'),
    ...inProduction('migrate:prod', 'migrate'),
    'migrate:status': run('status'),
    ...inProduction('migrate:status:prod', 'status'),
    'migrate:reset': run('reset'),
  };
}
