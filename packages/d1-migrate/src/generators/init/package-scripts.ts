import { findProduction } from 'd1-core/environment';
import type { Site, Worker } from 'd1-core/site';

/** The npm scripts for a Worker, which has to be named where it is not the only one. Those for production come only where it is clear which environment that is. */
export function packageScripts(
  worker: Worker,
  { runLine }: Pick<Site, 'runLine'>,
  isNamed: boolean,
): Readonly<Record<string, string>> {
  const production = findProduction(worker.environments)?.name;
  const run = (command: string, environment?: string) =>
    runLine(worker, command, { environment }).replace('npx ', '');
  const inProduction = (script: string, command: string) =>
    production === undefined ? {} : { [script]: run(command, production) };
  return {
    'migrate:create': `nx g d1-migrate:migration${isNamed ? ` --project=${worker.project}` : ''}`,
    'migrate:dev': run('migrate'),
    ...inProduction('migrate:prod', 'migrate'),
    'migrate:status': run('status'),
    ...inProduction('migrate:status:prod', 'status'),
    'migrate:reset': run('reset'),
  };
}
