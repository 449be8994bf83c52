import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { plural } from 'd1-core/report';
import { DEFAULT_OUTPUT, isAddress } from '../place.ts';
import { openArchive, requireSignature, type Archive } from '../zip/index.ts';
import { listArchives, type ListedArchive, type Shelf, type ShelfFile } from './list-archives.ts';
import { openShelf } from './open-shelf.ts';

export interface ArchiveChoice {
  /** A path or an address; or the name of an archive in `archives`, `latest`, `latest:proved` or a day. The latest without it. */
  readonly archive?: string | undefined;
  /** The folder or the bucket that archives are kept in. */
  readonly archives?: string | undefined;
  /** A file with age identities. */
  readonly identity?: string | undefined;
  /** A file with a public key of minisign, where only an archive that was signed with its secret one will do. */
  readonly signer?: string | undefined;
  /** What paths are relative to. */
  readonly workspaceRoot: string;
  /** Whose latest archive is meant. */
  readonly environment: { readonly name: string; readonly accountId?: string | undefined };
}

/**
 * Opens the archive that is meant, wherever it is. Throws D1Error `no-archive`, and what `openShelf` and `openArchive`
 * throw. Whoever gets it closes it.
 */
export async function openChosen(choice: ArchiveChoice): Promise<Archive> {
  const { signer, workspaceRoot } = choice;
  const archive = await find(choice);
  try {
    if (signer === undefined) return archive;
    await requireSignature(archive, resolve(workspaceRoot, signer));
    return archive;
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function find(choice: ArchiveChoice): Promise<Archive> {
  const { archive = 'latest', workspaceRoot } = choice;
  const identity = choice.identity === undefined ? undefined : resolve(workspaceRoot, choice.identity);
  if (isAddress(archive)) {
    const end = archive.lastIndexOf('/') + 1;
    return openFrom({ ...choice, archives: archive.slice(0, end) }, identity, (shelf) =>
      findFile(shelf, archive.slice(end)),
    );
  }
  const file = resolve(workspaceRoot, archive);
  if (/[\\/]/.test(archive) || existsSync(file)) return openArchive(file, { identity });
  return openFrom(choice, identity, (shelf) =>
    isSelector(archive) ? select(shelf, archive, choice.environment.name) : findFile(shelf, archive),
  );
}

async function openFrom(
  { archives, workspaceRoot, environment }: ArchiveChoice,
  identity: string | undefined,
  find: (shelf: Shelf) => Promise<ShelfFile>,
): Promise<Archive> {
  // Without the identity: the small files beside encrypted archives say enough, and each would be decrypted as a whole.
  const shelf = openShelf({ archives, workspaceRoot, accountId: environment.accountId });
  try {
    const archive = await shelf.open(await find(shelf), identity);
    const close = () => archive.close().finally(() => shelf.close());
    return { ...archive, close };
  } catch (error) {
    await shelf.close();
    throw error;
  }
}

async function findFile(shelf: Shelf, name: string): Promise<ShelfFile> {
  const file = (await shelf.files()).find((one) => one.name === name);
  if (file !== undefined) return file;
  throw noArchive(`There is no archive ${name} in ${shelf.place}.`);
}

const DAY = /^\d{4}-\d\d-\d\d$/;

const isSelector = (archive: string): boolean =>
  archive === 'latest' || archive === 'latest:proved' || DAY.test(archive);

/**
 * The newest archive of an environment, or the newest that a selector means. One of which nothing is known may be it, but
 * for `latest:proved`: whoever relies on the newest should hear that it is damaged.
 */
async function select(shelf: Shelf, selector: string, environment: string): Promise<ListedArchive> {
  const { archives, place } = await listArchives(shelf);
  const own = archives.filter(({ facts }) => facts === undefined || facts.environment === environment);
  const found = own.find(({ name, facts }) =>
    selector === 'latest:proved'
      ? facts?.proof.result === 'restored'
      : selector === 'latest' || name.includes(selector),
  );
  if (found !== undefined) return found;
  const which = { latest: '', 'latest:proved': ' that was proved' }[selector] ?? ` of ${selector}`;
  const others = archives.length - own.length;
  throw noArchive(`There is no archive of ${environment}${which} in ${place}.`, [
    ...(own.length === 0 ? [] : [`The newest of ${environment} is ${own[0]?.name}.`]),
    ...(others === 0
      ? []
      : [
          `${plural(others, 'archive')} of other environments ${others === 1 ? 'is' : 'are'} there; one of them has to be named.`,
        ]),
  ]);
}

const noArchive = (message: string, notes: readonly string[] = []): D1Error =>
  new D1Error({
    code: 'no-archive',
    message,
    fix: `Make one with "${commandLine('d1-backup:backup')}", or name one: --archive=<file>; "${commandLine('d1-backup:list', '--all')}" shows what is there, and --archives names another place than ${DEFAULT_OUTPUT}.`,
    notes,
    exitCode: 2,
  });
