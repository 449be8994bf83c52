import { bringUpToDate } from 'd1-core/node';
import { style } from 'd1-core/report';
import type { WorkerCheck } from './check-worker.ts';

/** The module with the newest migration of each database, against which the code was checked. */
export const newestModule = (checks: readonly WorkerCheck[]): string => {
  const newest = new Map(
    checks.flatMap((check) => check.newest.map(({ binding, migration }) => [binding, migration] as const)),
  );
  const lines = [...newest].map(
    ([binding, migration]) =>
      `  ${/^[A-Za-z_$][\w$]*$/.test(binding) ? binding : JSON.stringify(binding)}: '${migration.replaceAll(/['\\]/g, '\\$&')}',`,
  );
  return `/** The newest migration of each database. Written by "check-queries --write". */\nexport const NEWEST_MIGRATIONS = {\n${lines.join('\n')}\n} as const;\n`;
};

/** Writes the module, or looks whether it is what it should be. */
export async function keepNewestModule(
  file: string,
  checks: readonly WorkerCheck[],
  isWritten: boolean,
): Promise<'right' | 'written' | 'stale'> {
  const outcome = await bringUpToDate(file, newestModule(checks), isWritten);
  if (outcome === 'written') return 'written';
  return outcome === 'current' ? 'right' : 'stale';
}

/** What is said of the module. A stale one takes an older schema for the right one, and never refuses a right one. */
export const describeNewestModule = (
  file: string,
  state: 'right' | 'written' | 'stale',
): readonly string[] =>
  state === 'right'
    ? []
    : [
        state === 'written'
          ? `${style.good('✔')} ${file} names the newest migration now.`
          : `${style.warn('!')} ${file} does not name the newest migration, so expectSchema is content with an older one. --write brings it up to date.`,
      ];
