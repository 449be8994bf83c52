import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { archiveTime } from '../archive/index.ts';

/** The path of the archive in a folder that was begun last, by its name. Throws D1Error `no-archive`. */
export async function newestArchive(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const [newest] = names
    .flatMap((name) => {
      const time = archiveTime(name);
      return time === undefined ? [] : [{ name, time: time.getTime() }];
    })
    .sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
  if (newest !== undefined) return join(folder, newest.name);
  throw new D1Error({
    code: 'no-archive',
    message: `There is no archive in ${folder}.`,
    fix: 'Make one with the target "backup", or name one: --archive=<file>',
    exitCode: 2,
  });
}
