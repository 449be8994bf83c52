import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import { archiveBytes, archivesOf, daysAgo, nameOf, PRODUCTION, UNPROVED } from '../testing/shelves.ts';
import { openChosen, type ArchiveChoice } from './choose-archive.ts';

const folder = temporaryFolder();
const renamed = join(temporaryFolder(), 'renamed.zip');

beforeAll(async () => {
  const files = {
    ...(await archivesOf([1, 2], UNPROVED)),
    ...(await archivesOf([3, 4])),
    ...(await archivesOf([0], { environment: { name: 'staging', location: 'remote' } })),
    // Its clock had gone back, and by its name it is the oldest.
    ...(await archivesOf([400], { ...UNPROVED, notBefore: daysAgo(1).toISOString() })),
    'z.zip': Buffer.from(''),
    [`${nameOf(0)}.partial`]: Buffer.from(''),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  writeFileSync(renamed, await archiveBytes({ environment: PRODUCTION }));
});

async function chosen(archive: string | undefined, more: Partial<ArchiveChoice> = {}): Promise<string> {
  const choice = {
    archive,
    archives: folder,
    workspaceRoot: folder,
    environment: { name: 'production' },
    ...more,
  };
  const opened = await openChosen(choice);
  await opened.close();
  return basename(opened.file);
}

describe('the archive that is meant', () => {
  it.each([
    ['nothing is the newest of the environment, not by its name where a clock had gone back', undefined, 400],
    ['latest is the same', 'latest', 400],
    ['latest:proved is the newest that was proved', 'latest:proved', 3],
    ['a day is the newest of that day', daysAgo(2).toISOString().slice(0, 10), 2],
    ['a name is that of an archive where they are kept', nameOf(4), 4],
  ])('by %s', async (_, archive, days) => {
    expect(await chosen(archive)).toBe(nameOf(days));
  });

  it('is a file where a path is given, of whatever environment', async () => {
    expect(await chosen(renamed)).toBe('renamed.zip');
    expect(await chosen(nameOf(0), { archives: temporaryFolder() })).toBe(nameOf(0));
  });

  it('may be the newest, damaged: none before it is taken for it', async () => {
    const other = temporaryFolder();
    for (const [name, bytes] of Object.entries(await archivesOf([1, 2])))
      writeFileSync(join(other, name), name === nameOf(1) ? bytes.subarray(0, 100) : bytes);
    expect((await errorOf(chosen('latest', { archives: other }))).code).toBe('damaged-archive');
    expect(await chosen('latest:proved', { archives: other })).toBe(nameOf(2));
  });

  it.each([
    ['2020-01-01', 'There is no archive of production of 2020-01-01 in'],
    ['backup-2020-01-01-000000.zip', 'There is no archive backup-2020-01-01-000000.zip in'],
  ])('%s is said to be missing', async (archive, message) => {
    const error = await errorOf(chosen(archive));
    expect(error).toMatchObject({ code: 'no-archive', exitCode: 2 });
    expect(error.message).toContain(message);
  });

  it('says which environments have some where the own has none', async () => {
    const { message, notes } = await errorOf(chosen('latest', { environment: { name: 'preview' } }));
    expect(message).toContain('There is no archive of preview in');
    expect(notes).toEqual(['6 archives of other environments are there; one of them has to be named.']);
  });
});
