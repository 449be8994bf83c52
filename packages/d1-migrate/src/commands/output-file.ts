import { posix } from 'node:path';
import { fileOfDatabase } from 'd1-core/inference';
import type { Target } from 'd1-core/target';

/**
 * The file that an option names, relative to the workspace root. Without it, and where it names a folder by a `/` at its end,
 * the file has its usual name there, with the binding where the Worker has several databases.
 */
export function outputFile(
  option: string | undefined,
  usual: { readonly folder: string; readonly name: string },
  { environment, database }: Pick<Target, 'environment' | 'database'>,
): string {
  if (option !== undefined && !option.endsWith('/')) return option;
  return posix.join(
    option ?? usual.folder,
    fileOfDatabase(usual.name, database.binding, environment.databases),
  );
}

/**
 * The plan file of a database that an option names, relative to the workspace root. In a folder each Worker, environment and
 * database has one of its own.
 */
export function planFile(option: string, target: Pick<Target, 'environment' | 'database'>): string {
  const { name, workerName } = target.environment;
  const words = `${workerName}-${name}`.replaceAll(/[^\w.-]+/g, '-');
  return outputFile(option, { folder: '', name: `plan-${words}.json` }, target);
}
