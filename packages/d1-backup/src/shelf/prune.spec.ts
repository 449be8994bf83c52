import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { terminalText } from 'd1-core/report';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import { manifestText } from '../format/archive-facts.ts';
import {
  archiveBytes,
  archivesOf,
  daysAgo,
  nameOf,
  NOW,
  PRODUCTION,
  pruneShelf,
  UNPROVED,
} from '../testing/shelves.ts';
import { peekArchive } from '../zip/open-archive.ts';
import { describeList, ofEnvironment } from './describe-list.ts';
import { describePrune } from './describe-prune.ts';
import { openFolderShelf } from './folder-shelf.ts';
import { listArchives } from './list-archives.ts';
import { openShelf } from './open-shelf.ts';

describe('pruning', () => {
  const shelfWith = async (...parts: readonly Record<string, Buffer>[]) => {
    const folder = temporaryFolder();
    for (const files of parts)
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return openFolderShelf(folder);
  };

  it('keeps the newest proved archive after any number of newer ones', async () => {
    const shelf = await shelfWith(await archivesOf([8, 9]), await archivesOf([1, 2, 3], UNPROVED));
    const { kept, removed } = await pruneShelf(shelf);
    expect(kept.map(({ archive, reasons }) => [archive.name, reasons])).toEqual([
      [nameOf(1), ['last 1 of 1']],
      [nameOf(8), ['the newest proved one']],
    ]);
    expect(removed.map(({ name }) => name)).toEqual([nameOf(2), nameOf(3), nameOf(9)]);
  });

  it('keeps archives of the future and does not count them', async () => {
    const { kept } = await pruneShelf(await shelfWith(await archivesOf([-1, 1, 2])));
    expect(kept.map(({ archive, reasons }) => [archive.name, reasons])).toEqual([
      [nameOf(-1), ['from the future']],
      [nameOf(1), ['the newest proved one', 'last 1 of 1']],
    ]);
  });

  it('keeps the newest proved one of each kind, and lets no kind push out another', async () => {
    const shelf = await shelfWith(
      await archivesOf([1, 2, 3]),
      await archivesOf([4, 5], { hasObjects: true }),
      await archivesOf([6], { database: 'other' }),
    );
    const { groups, removed } = await pruneShelf(shelf, { dryRun: true });
    expect(groups.map(({ database, contents, archives }) => [database, contents, archives.length])).toEqual([
      ['app', 'database', 3],
      ['app', 'database and objects', 2],
      ['other', 'database', 1],
    ]);
    expect(removed.map(({ name }) => name)).toEqual([nameOf(2), nameOf(3), nameOf(5)]);
  });

  it('takes an archive for the newest whose clock had gone back', async () => {
    const notBefore = daysAgo(1).toISOString();
    const shelf = await shelfWith(await archivesOf([1, 2]), await archivesOf([400], { notBefore }));
    const { kept } = await pruneShelf(shelf);
    expect(kept.map(({ archive }) => archive.name)).toEqual([nameOf(400)]);
  });

  it('needs a rule', async () => {
    const shelf = await shelfWith(await archivesOf([1, 2]));
    expect(await errorOf(pruneShelf(shelf, { rules: {} }))).toMatchObject({
      code: 'no-keep-rule',
      exitCode: 2,
    });
    expect(await shelf.files()).toHaveLength(2);
  });

  it('shows what is kept and why, what goes, and how much room that makes', async () => {
    const shelf = await shelfWith(await archivesOf([1, 2]));
    const text = terminalText(describePrune(await pruneShelf(shelf, { dryRun: true })));
    expect(text).toMatch(/keep +backup-2025-09-03-120000\.zip .* {2}the newest proved one, last 1 of 1/);
    expect(text).toMatch(/would delete +backup-2025-09-02-120000\.zip/);
    expect(text).toMatch(/1 archive would go \(\d+ B\), 1 archive kept\. Nothing was deleted\./);
  });
});

describe('a folder', () => {
  it('that is not there has no archives', async () => {
    const shelf = openFolderShelf(join(temporaryFolder(), 'none'));
    expect((await listArchives(shelf)).archives).toEqual([]);
  });

  it('may hold links and folders with such names, which are not touched', async () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), 'kept.zip');
    writeFileSync(elsewhere, await archiveBytes({ startedAt: daysAgo(9), environment: PRODUCTION }));
    symlinkSync(elsewhere, join(folder, nameOf(9)));
    mkdirSync(join(folder, nameOf(8)));
    for (const [name, bytes] of Object.entries(await archivesOf([1])))
      writeFileSync(join(folder, name), bytes);
    expect((await pruneShelf(openFolderShelf(folder))).removed).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(readFileSync(elsewhere).length).toBeGreaterThan(0);
  });

  it('may hold encrypted archives, which are known only with their identity', async () => {
    const folder = temporaryFolder();
    const identity = await generateX25519Identity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const key = join(folder, 'key.txt');
    writeFileSync(key, identity);
    for (const [name, bytes] of Object.entries(await archivesOf([1, 2])))
      writeFileSync(join(folder, `${name}.age`), await encrypter.encrypt(bytes));
    const blind = await pruneShelf(openFolderShelf(folder));
    expect(blind.kept.map(({ reasons }) => reasons)).toEqual(
      Array(2).fill(['not known to be an archive of this tool: encrypted']),
    );
    expect(terminalText(describePrune(blind))).toMatch('known only with --identity=<file>');
    // The plain manifests that a backup writes beside them serve as well, and go with them.
    for (const name of [nameOf(1), nameOf(2)]) {
      const metadata = await peekArchive(join(folder, `${name}.age`), { identity: key });
      if (metadata === undefined) throw new Error('Not an archive.');
      const { size } = statSync(join(folder, `${name}.age`));
      writeFileSync(join(folder, `${name}.age.json`), manifestText(metadata, size));
    }
    expect(
      (await pruneShelf(openFolderShelf(folder), { dryRun: true })).removed.map(({ name }) => name),
    ).toEqual([`${nameOf(2)}.age`]);
    expect((await pruneShelf(openFolderShelf(folder, key))).removed.map(({ name }) => name)).toEqual([
      `${nameOf(2)}.age`,
    ]);
    expect(readdirSync(folder).toSorted()).toEqual([`${nameOf(1)}.age`, `${nameOf(1)}.age.json`, 'key.txt']);
  });

  it('shows its archives in a table, those of other environments only as a number', async () => {
    const folder = temporaryFolder();
    const files = {
      ...(await archivesOf([1])),
      ...(await archivesOf([2], { environment: { name: 'staging', location: 'remote' } })),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const list = await listArchives(openFolderShelf(folder));
    const text = terminalText(describeList(ofEnvironment(list, 'production'), NOW));
    expect(text).toMatch(
      /backup-2025-09-03-120000\.zip {2}24 hours {2}production \(remote\) {2}\d+ B.*restored/,
    );
    expect(text).toMatch('1 archive of other environments; --all shows them');
  });
});

it('a place is a folder of the workspace, or a bucket by its address', async () => {
  const request = { workspaceRoot: '/work', accountId: undefined };
  expect(openShelf(request).place).toMatch(/backups$/);
  expect(() => openShelf({ ...request, archives: 's3://' })).toThrow('names no bucket');
  expect(() => openShelf({ ...request, archives: 'gs://bucket' })).toThrow('names no bucket');
});
