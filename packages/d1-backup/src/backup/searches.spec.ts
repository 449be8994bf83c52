import { openLocalD1 } from 'd1-core/database';
import { localDatabase } from 'd1-core/target';
import { targetIn } from 'd1-core/testing';
import { backupWorkspace, save } from '../testing/backups.ts';
import { execute, restoreFile } from '../testing/restores.ts';
import { verifyFile } from '../testing/verification.ts';
import { isIncomplete } from './request.ts';

it('a backup saves what is found in full-text searches, and names those that do not come back', async () => {
  const workspace = backupWorkspace();
  await execute(
    workspace,
    'CREATE TABLE doc (id INTEGER PRIMARY KEY, body TEXT)',
    "INSERT INTO doc VALUES (1, 'red fish'), (2, 'blue fish')",
    "CREATE VIRTUAL TABLE stale USING fts5(body, content='doc', content_rowid='id')",
    "INSERT INTO stale (stale) VALUES ('rebuild')",
    "UPDATE doc SET body = 'a green bird' WHERE id = 1",
    "CREATE VIRTUAL TABLE textless USING fts5(body, content='')",
    "INSERT INTO textless (rowid, body) VALUES (7, 'nobody kept this')",
    "CREATE VIRTUAL TABLE pieces USING fts5(body, content='', detail=none, tokenize='trigram')",
    "INSERT INTO pieces (rowid, body) VALUES (7, 'nor this')",
  );
  const result = await save(workspace, targetIn(workspace));
  const { file = '', database, warnings } = result;
  expect(database?.lostSearches).toEqual(['pieces']);
  expect(database?.searches?.map(({ name }) => name)).toEqual(['stale', 'textless']);
  expect(warnings).toEqual([expect.stringContaining('The full-text search "pieces" does not come back')]);
  expect(isIncomplete(result)).toBe(true);
  expect((await verifyFile(file, 'restore')).problems).toEqual([]);

  const other = backupWorkspace();
  await restoreFile(file, targetIn(other));
  const d1 = openLocalD1(localDatabase(targetIn(other)));
  const rowids = async (search: string, words: string) =>
    (await d1.batch([`SELECT rowid FROM ${search}('${words}')`]))[0]?.map(({ rowid }) => rowid);
  expect(await rowids('stale', 'red')).toEqual([1]);
  expect(await rowids('stale', 'green')).toEqual([]);
  expect(await rowids('textless', '"kept this"')).toEqual([7]);
  expect(await rowids('pieces', 'nor')).toEqual([]);
  await d1.close();
});
