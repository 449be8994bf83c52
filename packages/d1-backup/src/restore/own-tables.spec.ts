import { join } from 'node:path';
import { errorOf, targetIn, temporaryFolder, testWorkspace, writeFiles } from 'd1-core/testing';
import { ENTRIES } from '../format/layout.ts';
import { testEntries, testMetadata, withMetadata, zip } from '../testing/archive.ts';
import { contentOf, restoreFile } from '../testing/restores.ts';

const SQL = 'CREATE TABLE art (id INTEGER PRIMARY KEY);\nINSERT INTO art VALUES (1);\n';

const TRICKS = [
  "INSERT OR REPLACE INTO main.d1_migrate_metadata VALUES ('lock', '{}'); UPDATE d1_migrate_metadata SET value = 1",
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

  it('of another tool is refused for its triggers as well', async () => {
    const workspace = testWorkspace();
    const sql = `${SQL}CREATE TABLE d1_migrations (name TEXT);\n${TRICKS[1]};\n`;
    writeFiles(workspace.root, { 'foreign.zip': await zip([['database.sql', Buffer.from(sql)]]) });
    const error = await errorOf(restoreFile(join(workspace.root, 'foreign.zip'), targetIn(workspace)));
    expect(error).toMatchObject({ code: 'archive-touches-own-table' });
  });
});
