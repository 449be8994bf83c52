import { join } from 'node:path';
import { errorOf, targetIn, temporaryFolder, testWorkspace, writeFiles } from 'd1-core/testing';
import { ENTRIES } from '../format/layout.ts';
import { testEntries, testMetadata, withMetadata, zip } from '../testing/archive.ts';
import { contentOf, restoreFile } from '../testing/restores.ts';
import { verifyFile } from '../testing/verification.ts';

const SQL = 'CREATE TABLE art (id INTEGER PRIMARY KEY);\nINSERT INTO art VALUES (1);\n';

const TRICKS = [
  'CREATE TRIGGER sly AFTER INSERT ON art BEGIN DELETE FROM d1_migrations; END',
  'CREATE TRIGGER sly AFTER INSERT ON d1_migrate_journal BEGIN DELETE FROM art; END',
  'CREATE VIEW d1_migrate_metadata AS SELECT 1 AS key, 2 AS value',
];

/** An archive with other SQL than its backup wrote, and hashes that fit it. */
async function craftedArchive(sql: string): Promise<string> {
  const entries = new Map(await testEntries());
  entries.delete(ENTRIES.metadata);
  entries.set(ENTRIES.database, Buffer.from(sql));
  const { database } = JSON.parse(String((await testEntries()).get(ENTRIES.metadata)));
  const folder = temporaryFolder();
  const made = withMetadata(entries, { ...testMetadata(), database });
  writeFiles(folder, { 'crafted.zip': await zip(made) });
  return join(folder, 'crafted.zip');
}

describe('an archive that somebody has changed', () => {
  it.each(TRICKS)('is refused when it writes to the tables of the tools: %s', async (trick) => {
    const workspace = testWorkspace();
    const file = await craftedArchive(`${SQL}${trick};\n`);
    const error = await errorOf(restoreFile(file, targetIn(workspace)));
    expect(error).toMatchObject({ code: 'archive-touches-own-table', location: { file } });
    expect((await contentOf(workspace)).objects).toEqual([]);
  });

  it.each([
    "ATTACH DATABASE '/tmp/stolen.sqlite' AS other",
    'PRAGMA writable_schema = on',
    "INSERT OR REPLACE INTO main.d1_migrate_metadata VALUES ('lock', '{}'); UPDATE d1_migrate_metadata SET value = 1",
    'UPDATE art SET id = 2',
    'DROP TABLE art',
    'DELETE FROM art',
    'WITH x AS (SELECT 1) DELETE FROM art',
    'REPLACE INTO art VALUES (1)',
    'CREATE TEMP TABLE art (id)',
    '/* harmless */ ALTER TABLE art RENAME TO other',
  ])('is refused when it does what no backup writes: %s', async (trick) => {
    const workspace = testWorkspace();
    const file = await craftedArchive(`${SQL}${trick};\n`);
    const error = await errorOf(restoreFile(file, targetIn(workspace)));
    expect(error).toMatchObject({ code: 'statement-not-of-backup' });
    expect(error.message).toContain(`that no backup writes: ${trick.slice(0, 6)}`);
    expect((await contentOf(workspace)).objects).toEqual([]);
    expect((await verifyFile(file, 'restore')).problems).toMatchObject([{ code: 'not-restorable' }]);
  });

  it('of another tool is refused for its triggers as well', async () => {
    const workspace = testWorkspace();
    const sql = `${SQL}CREATE TABLE d1_migrations (name TEXT);\n${TRICKS[0]};\n`;
    writeFiles(workspace.root, { 'foreign.zip': await zip([['database.sql', Buffer.from(sql)]]) });
    const error = await errorOf(restoreFile(join(workspace.root, 'foreign.zip'), targetIn(workspace)));
    expect(error).toMatchObject({ code: 'archive-touches-own-table' });
  });
});
