import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { writeScripts } from '../testing/scripts.ts';

const LISTS = 'CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT);\n';

const scriptIn = ({ root }: TestWorkspace, name: string) =>
  readFileSync(join(root, 'migrations/rollback', name), 'utf8');

const outcomes = async (work: ReturnType<typeof writeScripts>) =>
  (await work).map(({ name, outcome }) => `${name} ${outcome}`);

describe('making rollback scripts', () => {
  it('writes one for each migration that lacks one, with what it undoes, its class and what it loses', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_lists.sql': LISTS,
        '0002_drop_note.sql': 'ALTER TABLE lists DROP COLUMN note;\n',
        '0003_upper.sql': 'UPDATE lists SET title = upper(title);\n',
      },
    });
    expect(await outcomes(writeScripts(workspace))).toEqual([
      '0001_lists.sql proved',
      '0002_drop_note.sql proved',
      '0003_upper.sql irreversible',
    ]);
    expect(scriptIn(workspace, '0001_lists.sql')).toMatch(
      /^-- Undoes 0001_lists\.sql\.\n-- d1-migrate: undoes 0001_lists\.sql [0-9a-f]{64}\n-- d1-migrate: class exact\n-- d1-migrate: proof 1 by wrangler \S+ [0-9a-f]{64}\n\nDROP TABLE lists;\n$/,
    );
    expect(scriptIn(workspace, '0002_drop_note.sql').split('\n').slice(2)).toEqual([
      '-- d1-migrate: class schema-only',
      '-- d1-migrate: loses lists.note: the column is recreated, and its values are gone',
      expect.stringMatching(/^-- d1-migrate: proof /),
      '',
      'ALTER TABLE lists ADD COLUMN note TEXT;',
      '',
    ]);
    const irreversible = scriptIn(workspace, '0003_upper.sql');
    expect(irreversible).toContain('--   line 1: it changes values of title in lists.\n');
    expect(irreversible).toContain('class irreversible');
    expect(await outcomes(writeScripts(workspace))).toEqual([
      '0001_lists.sql current',
      '0002_drop_note.sql current',
      '0003_upper.sql current',
    ]);
  });

  it('proves a script that somebody wrote, and signs it without touching its statements', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_lists.sql': LISTS,
        '0002_upper.sql': `CREATE TABLE titles_before AS SELECT id, title FROM lists;\nUPDATE lists SET title = upper(title);\n`,
        'rollback/0002_upper.sql': `-- The titles were kept.\nUPDATE lists SET title = (SELECT title FROM titles_before b WHERE b.id = lists.id);\nDROP TABLE titles_before;\n`,
      },
    });
    expect(await outcomes(writeScripts(workspace, { only: '0002_upper.sql' }))).toEqual([
      '0002_upper.sql signed',
    ]);
    const text = scriptIn(workspace, '0002_upper.sql');
    expect(text).toMatch(/^-- d1-migrate: undoes 0002_upper\.sql [0-9a-f]{64}\n-- d1-migrate: class exact\n/);
    expect(text).toContain('-- The titles were kept.\nUPDATE lists SET title = (SELECT');
  });

  it('takes no written script for exact where its proof cannot show that every row comes back', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_lists.sql': LISTS,
        '0002_one.sql': "UPDATE lists SET note = 'new' WHERE title = 'old';\n",
        'rollback/0002_one.sql': "UPDATE lists SET note = NULL WHERE title = 'old';\n",
        '0003_seed.sql': "INSERT OR IGNORE INTO lists (id, title) VALUES (1, 'first');\n",
        'rollback/0003_seed.sql': 'DELETE FROM lists WHERE id = 1;\n',
        '0004_more.sql': "INSERT OR IGNORE INTO lists (id, title) VALUES (2, 'second');\n",
      },
    });
    expect(await outcomes(writeScripts(workspace))).toEqual([
      '0001_lists.sql proved',
      '0002_one.sql signed',
      '0003_seed.sql signed',
      '0004_more.sql proved',
    ]);
    const said = (name: string) =>
      scriptIn(workspace, name)
        .split('\n')
        .filter((line) => /^-- d1-migrate: (class|loses|leaves)/.test(line));
    expect(said('0002_one.sql')).toEqual([
      '-- d1-migrate: class schema-only',
      '-- d1-migrate: loses lists: rows that the migration changes, as none did in its proof',
    ]);
    expect(said('0003_seed.sql')).toEqual([
      '-- d1-migrate: class schema-only',
      '-- d1-migrate: loses lists: rows like those that the migration adds where they are missing',
      '-- d1-migrate: leaves lists: rows that the migration may have added',
    ]);
    expect(said('0004_more.sql')).toEqual([
      '-- d1-migrate: class schema-only',
      '-- d1-migrate: leaves lists: rows that the migration may have added',
    ]);
    expect(await outcomes(writeScripts(workspace))).toEqual(
      ['0001_lists', '0002_one', '0003_seed', '0004_more'].map((name) => `${name}.sql current`),
    );
  });

  it('does not sign a script that does not lead back, and says what differs', async () => {
    const wrong = 'DROP INDEX idx_lists_title;\n';
    const workspace = testWorkspace({
      migrations: {
        '0001_lists.sql': LISTS,
        '0002_two.sql':
          'CREATE INDEX idx_lists_title ON lists (title);\nCREATE INDEX idx_lists_note ON lists (note);\n',
        'rollback/0002_two.sql': wrong,
      },
    });
    const [made] = await writeScripts(workspace, { only: '0002_two.sql' });
    expect(made).toMatchObject({
      outcome: 'not-proved',
      reason: 'after it the database is not what it was: still there: index idx_lists_note',
    });
    expect(scriptIn(workspace, '0002_two.sql')).toBe(wrong);
    expect(await outcomes(writeScripts(workspace, { only: '0002_two.sql', force: true }))).toEqual([
      '0002_two.sql proved',
    ]);
  });

  it('signs a script with the values that its proof saw go, where none could bring them back, and no other', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_lists.sql': LISTS,
        '0002_drop_note.sql': 'ALTER TABLE lists DROP COLUMN note;\n',
        'rollback/0002_drop_note.sql': 'ALTER TABLE lists ADD COLUMN note TEXT;\n',
        '0003_mark.sql': 'ALTER TABLE lists ADD COLUMN mark TEXT;\n',
        'rollback/0003_mark.sql': "ALTER TABLE lists DROP COLUMN mark;\nUPDATE lists SET title = 'x';\n",
      },
    });
    expect(await writeScripts(workspace)).toMatchObject([
      { outcome: 'proved' },
      { outcome: 'signed', class: 'schema-only', text: expect.stringContaining('loses lists.note: ') },
      { outcome: 'not-proved', reason: 'it does not say that it loses lists.title' },
    ]);
  });

  it('renews the header of a script whose migration has changed, when it still leads back', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    await writeScripts(workspace);
    const before = scriptIn(workspace, '0001_lists.sql');
    workspace.write({ 'migrations/0001_lists.sql': LISTS.replace('note TEXT', 'remark TEXT') });
    expect(await outcomes(writeScripts(workspace))).toEqual(['0001_lists.sql signed']);
    const after = scriptIn(workspace, '0001_lists.sql');
    expect(after).not.toBe(before);
    expect(after.match(/d1-migrate: undoes/g)).toHaveLength(1);
  });

  it('writes nothing for what stands after a migration that fails', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_bad.sql': 'DROP TABLE nowhere;\n', '0002_lists.sql': LISTS },
    });
    const made = await writeScripts(workspace);
    expect(made.map(({ outcome }) => outcome)).toEqual(['not-proved', 'not-proved']);
    expect(made[0]).toMatchObject({ reason: expect.stringContaining('no such table') });
    expect(existsSync(join(workspace.root, 'migrations/rollback'))).toBe(false);
  });
});
