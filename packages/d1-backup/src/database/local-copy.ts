import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyDatabase, localDatabaseFile, openLocalD1, type D1 } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import { describeTarget, localDatabase, type Target } from 'd1-core/target';

/** The file of a local database. Throws D1Error `no-local-database` where there is none. */
export function requireLocalFile(target: Target): string {
  const file = localDatabaseFile(localDatabase(target));
  if (existsSync(file)) return file;
  throw new D1Error({
    code: 'no-local-database',
    message: `There is no local database yet: ${describeTarget(target)}.`,
    fix: `Make it with "${commandLine('d1-migrate:migrate')}", name its folder with --persistTo, or save the objects alone: --photosOnly`,
    location: { file },
    exitCode: 2,
  });
}

/** Bytes of the file of a local database; 0 for a remote one, whose size nobody says. */
export function sizeOfLocal(target: Target): number {
  return target.environment.location === 'local' ? statSync(requireLocalFile(target)).size : 0;
}

/** Works on a copy of a local database, taken in one moment: what is written meanwhile does not come into it. */
export async function withLocalCopy<Result>(
  target: Target,
  workplace: string,
  work: (d1: D1) => Promise<Result>,
): Promise<Result> {
  const source = requireLocalFile(target);
  const copy = { wrangler: target.wrangler, id: 'copy', persistTo: join(workplace, 'copy') };
  const file = localDatabaseFile(copy);
  makeFolder(dirname(file));
  try {
    await copyDatabase(source, file);
    const d1 = openLocalD1(copy);
    try {
      return await work(d1);
    } finally {
      await d1.close();
    }
  } finally {
    await rm(copy.persistTo, { recursive: true, force: true });
  }
}
