import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { localDatabaseFile } from 'd1-core/database';
import { openDatabaseFile } from 'd1-core/schema';
import { localDatabase } from 'd1-core/target';
import { errorOf, targetIn } from 'd1-core/testing';
import { backupWorkspace, save } from '../testing/backups.ts';
import { useRemoteTargets } from '../testing/remote-targets.ts';
import { contentOf, restoreFile } from '../testing/restores.ts';
import { verifyFile } from '../testing/verification.ts';
import { isIncomplete } from './request.ts';

/** A local database as a tool leaves it that works on the file with foreign keys switched off. */
async function withOrphans() {
  const workspace = backupWorkspace();
  const file = localDatabaseFile(localDatabase(targetIn(workspace)));
  mkdirSync(dirname(file), { recursive: true });
  const database = await openDatabaseFile(file);
  database.exec(`PRAGMA foreign_keys = OFF;
    CREATE TABLE art (id INTEGER PRIMARY KEY);
    CREATE TABLE tag (id INTEGER PRIMARY KEY, art REFERENCES art (id));
    INSERT INTO art VALUES (1);
    INSERT INTO tag VALUES (5, 1), (7, 2), (8, 3);`);
  database.close();
  return workspace;
}

describe('a database with rows whose foreign keys point to no row', () => {
  const remote = useRemoteTargets(1);

  it('is saved, marked with them, and comes back with them', async () => {
    const workspace = await withOrphans();
    const result = await save(workspace, targetIn(workspace), { parts: 'database' });
    const { file = '', proof, warnings, database } = result;
    expect(proof?.result).toBe('restored');
    expect(database?.rowsWithoutParent).toEqual([
      { table: 'tag', row: '7', parent: 'art' },
      { table: 'tag', row: '8', parent: 'art' },
    ]);
    expect(warnings.join()).toContain('row 7 of "tag" points to none of "art", and 1 other row like it');
    expect(isIncomplete(result)).toBe(true);

    const { problems } = await verifyFile(file, 'restore');
    expect(problems).toEqual([]);

    const other = backupWorkspace();
    const restored = await restoreFile(file, targetIn(other));
    expect(restored.warnings.join()).toContain('row 7 of "tag"');
    expect((await contentOf(other)).tables).toEqual((await contentOf(workspace)).tables);

    const { target, sql } = remote.make();
    expect(await errorOf(restoreFile(file, target))).toMatchObject({
      code: 'rows-without-parent',
      notes: ['Nothing was changed.', 'row 8 of "tag" points to none of "art"'],
    });
    expect(await sql("SELECT name FROM sqlite_master WHERE name = 'art'")).toEqual([[]]);
  });
});
