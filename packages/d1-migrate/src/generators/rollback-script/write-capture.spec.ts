import type { Tree } from '@nx/devkit';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { placeIn, workerTree } from '../../testing/worker-tree.ts';
import { writeCapture, type CaptureRequest } from './write-capture.ts';

const MIGRATIONS = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n',
  '0002_shout.sql': 'UPDATE users SET name = upper(name);\n',
  '0003_index.sql': 'CREATE INDEX idx_users_name ON users (name);\n',
  '0004_keys.sql': 'UPDATE users SET id = id + 1;\n',
};

describe('rollback-script --capture', () => {
  function request(wanted: string | undefined, applied: readonly string[] = []): [Tree, CaptureRequest] {
    const folder = temporaryFolder();
    writeFiles(folder, MIGRATIONS);
    const tree = workerTree();
    for (const [name, text] of Object.entries(MIGRATIONS)) tree.write(`migrations/${name}`, text);
    const files = Object.keys(MIGRATIONS).map((name, index) => ({
      name,
      path: join(folder, name),
      number: index + 1,
    }));
    return [
      tree,
      {
        place: placeIn(tree),
        wrangler: testWrangler(),
        files,
        wanted: files.find(({ name }) => name === wanted),
        appliedNames: async () => applied,
      },
    ];
  }

  it('changes the migration, and writes an exact script that is proved', async () => {
    const [tree, capture] = request('0002_shout.sql');
    await writeCapture(capture);
    expect(tree.read('migrations/0002_shout.sql', 'utf8')).toContain(
      '-- d1-migrate: captured values of users in undo_0002_users\nUPDATE users',
    );
    expect(tree.read('migrations/rollback/0002_shout.sql', 'utf8')).toContain('-- d1-migrate: class exact');
  });

  it.each([
    [undefined, [], 'migration-needed'],
    ['0002_shout.sql', ['0002_shout.sql'], 'already-applied'],
    ['0003_index.sql', [], 'nothing-to-capture'],
    ['0004_keys.sql', [], 'cannot-capture'],
  ])('refuses %s with %j applied: %s', async (wanted, applied, code) => {
    const [tree, capture] = request(wanted, applied);
    await expect(writeCapture(capture)).rejects.toMatchObject({ code });
    expect(tree.exists('migrations/rollback')).toBe(false);
    for (const [name, text] of Object.entries(MIGRATIONS)) {
      expect(tree.read(`migrations/${name}`, 'utf8')).toBe(text);
    }
  });
});
