import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorOf, temporaryFolder, writeFiles } from 'd1-core/testing';
import { testEntries, writeTestArchive, zip } from '../testing/archive.ts';
import { openArchive } from '../zip/open-archive.ts';
import { restoreFolder, type FolderRestore } from './folder.ts';

const PHOTOS = { 'originals/a.jpg': 'first', 'thumbnails/a.jpg': 'small', '../odd:key': 'odd' };
const CONTENT = { statements: ['CREATE TABLE art (x)'], photos: PHOTOS };

async function into(folder: string, file: string, options: Partial<FolderRestore> = {}) {
  const archive = await openArchive(file);
  try {
    return await restoreFolder({
      archive,
      folder,
      parts: 'all',
      prefix: '',
      overwrite: false,
      resume: false,
      dryRun: false,
      ...options,
    });
  } finally {
    await archive.close();
  }
}

describe('a restore into a folder', () => {
  it('gives the files of the archive as they are, photos under names that are safe everywhere', async () => {
    const folder = join(temporaryFolder(), 'new');
    await into(folder, await writeTestArchive(temporaryFolder(), CONTENT));
    for (const [path, bytes] of await testEntries(CONTENT)) {
      expect(readFileSync(join(folder, path))).toEqual(bytes);
    }
    expect(await readdir(join(folder, 'photos/originals'), { recursive: true })).toContain('.%2E/odd%3Akey');
  });

  it('can be a part of the archive', async () => {
    const archive = await writeTestArchive(temporaryFolder(), CONTENT);
    const [database, photos] = [temporaryFolder(), temporaryFolder()];
    await into(database, archive, { parts: 'database' });
    await into(photos, archive, { parts: 'photos', prefix: 'thumbnails/' });
    expect(existsSync(join(database, 'photos'))).toBe(false);
    expect(existsSync(join(photos, 'database.sql'))).toBe(false);
    expect(await readdir(join(photos, 'photos'))).toEqual(['thumbnails']);
  });

  it('writes into no folder that has something in it, unless that is said', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'database.sql': 'mine', 'other.txt': 'mine too' });
    const archive = await writeTestArchive(temporaryFolder(), CONTENT);
    expect(await errorOf(into(folder, archive))).toMatchObject({ code: 'target-not-empty', exitCode: 2 });
    expect(readFileSync(join(folder, 'database.sql'), 'utf8')).toBe('mine');
    await into(folder, archive, { overwrite: true });
    expect(readFileSync(join(folder, 'database.sql'), 'utf8')).toContain('CREATE TABLE art');
    expect(readFileSync(join(folder, 'other.txt'), 'utf8')).toBe('mine too');
  });

  it('goes on where it broke off, and replaces what is not whole only where that is said', async () => {
    const folder = temporaryFolder();
    const archive = await writeTestArchive(temporaryFolder(), CONTENT);
    const { files } = await into(folder, archive);
    await rm(join(folder, 'photos/originals/a.jpg'));
    expect(await into(folder, archive, { resume: true })).toMatchObject({ files: 1, unchanged: files - 1 });
    await writeFile(join(folder, 'photos/originals/a.jpg'), 'fir');
    await into(folder, archive, { resume: true, overwrite: true });
    expect(readFileSync(join(folder, 'photos/originals/a.jpg'), 'utf8')).toBe('first');
  });

  it('replaces no file of others with --resume, and names it', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'database.sql': 'mine' });
    const error = await errorOf(
      into(folder, await writeTestArchive(temporaryFolder(), CONTENT), { resume: true }),
    );
    expect(error).toMatchObject({ code: 'target-not-empty', notes: ['  "database.sql"'] });
    expect(await readdir(folder)).toEqual(['database.sql']);
    expect(readFileSync(join(folder, 'database.sql'), 'utf8')).toBe('mine');
  });

  it('loses no file where one key ends as the names of unfinished files do', async () => {
    const folder = temporaryFolder();
    const photos = { 'a.jpg': 'whole', 'a.jpg.partial': 'part', 'b.partial': 'b', b: 'c' };
    await into(folder, await writeTestArchive(temporaryFolder(), { photos }));
    const found = (await readdir(join(folder, 'photos/originals'))).map((name) => [
      name,
      readFileSync(join(folder, 'photos/originals', name), 'utf8'),
    ]);
    expect(Object.fromEntries(found)).toEqual(photos);
  });

  it('says which objects the archive lacks because the backup could not read them', async () => {
    const entries = await testEntries(CONTENT);
    const metadata = JSON.parse(String(entries.get('metadata.json')));
    metadata.photos.problems = [
      { key: 'originals/locked.jpg', kind: 'unreadable', reason: 'refused' },
      { key: 'originals/gone.jpg', kind: 'vanished', reason: 'it was deleted' },
    ];
    const file = join(temporaryFolder(), 'incomplete.zip');
    await writeFile(
      file,
      await zip(new Map([...entries, ['metadata.json', Buffer.from(JSON.stringify(metadata))]])),
    );
    const { warnings } = await into(temporaryFolder(), file);
    expect(warnings).toEqual([
      'The archive lacks 1 object that the backup could not read: "originals/locked.jpg"',
    ]);
    expect((await into(temporaryFolder(), file, { prefix: 'thumbnails/' })).warnings).toEqual([]);
  });

  it('writes nothing of a damaged archive', async () => {
    const entries = new Map(await testEntries(CONTENT));
    entries.delete('photos/thumbnails/a.jpg');
    const folder = temporaryFolder();
    const file = join(temporaryFolder(), 'damaged.zip');
    await writeFile(file, await zip(entries));
    expect(await errorOf(into(folder, file))).toMatchObject({ code: 'damaged-archive' });
    expect(await readdir(folder)).toEqual([]);
  });
});
