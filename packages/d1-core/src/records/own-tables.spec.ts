import { testJournalEntry } from '../testing/index.ts';
import { ownTableChanges, recordFlaws, type OwnRecords } from './index.ts';

const HISTORY = 'd1_migrations';

const changed = async (sql: string, historyTable = HISTORY) =>
  (await ownTableChanges(sql, historyTable)).map(({ table }) => table);

describe('the tables of the tools', () => {
  it.each([
    "DELETE FROM main.'d1_migrations'",
    'UPDATE [D1_Migrations] SET name = 1',
    'WITH x AS (SELECT 1) UPDATE d1_migrations SET name = 2 FROM x',
    "REPLACE INTO `d1_migrate_metadata` VALUES ('environment', 'staging')",
    'INSERT INTO d1_migrate_journal DEFAULT VALUES',
    'CREATE TABLE IF NOT EXISTS d1_migrations (id)',
    'CREATE TABLE d1_migrate_journal AS SELECT 1',
    'CREATE VIRTUAL TABLE d1_migrations USING fts5(name)',
    'CREATE VIEW d1_migrations AS SELECT 1 AS name',
    'DROP TABLE IF EXISTS d1_migrate_journal',
    'ALTER TABLE d1_migrations RENAME TO old',
    'ALTER TABLE d1_migrations ADD COLUMN note TEXT',
    'ALTER TABLE mine RENAME TO "d1_migrations"',
    'CREATE INDEX by_name ON d1_migrations (name)',
    'CREATE TABLE notes (of TEXT REFERENCES d1_migrations (name) ON DELETE CASCADE)',
    'ALTER TABLE notes ADD COLUMN of TEXT REFERENCES d1_migrations',
    'CREATE TRIGGER t AFTER INSERT ON d1_migrations BEGIN DELETE FROM users; END',
    'CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; DELETE FROM d1_migrate_metadata; END',
    'CREATE TRIGGER t INSTEAD OF DELETE ON v BEGIN UPDATE d1_migrations SET name = OLD.name; END',
    'EXPLAIN DELETE FROM d1_migrations',
    '/* a comment */ DELETE /* another */ FROM d1_migrations',
    `SELECT ${'('.repeat(2000)}1${')'.repeat(2000)}; DELETE FROM d1_migrations`,
    `DELETE FROM d1_migrations WHERE ${'('.repeat(2000)}1${')'.repeat(2000)}`,
  ])('are changed by %.90s', async (sql) => {
    expect(await changed(`CREATE TABLE other (x);\n${sql};\n`)).toHaveLength(1);
  });

  it.each([
    'SELECT * FROM d1_migrations',
    "INSERT INTO log VALUES ('d1_migrations')",
    'DELETE FROM log WHERE name IN (SELECT name FROM d1_migrations)',
    'CREATE VIEW applied AS SELECT name FROM d1_migrations',
    '-- DELETE FROM d1_migrations\nSELECT 1',
    'CREATE TABLE d1_migrations_of_mine (x)',
    'ALTER TABLE log RENAME COLUMN name TO d1_migrations',
  ])('are not changed by %s', async (sql) => {
    expect(await changed(sql)).toEqual([]);
  });

  it('have the name that the history has in the config', async () => {
    expect(await changed('DELETE FROM "my ""history"', 'my "history')).toEqual(['my "history']);
    expect(await changed('DELETE FROM d1_migrations', 'done')).toEqual([]);
  });

  it('are found where they are named', async () => {
    const [change] = await ownTableChanges('SELECT 1;\nDROP TABLE d1_migrations;', HISTORY);
    expect(change).toMatchObject({ table: 'd1_migrations', start: 21 });
  });
});

describe('what the tools noted, after a run', () => {
  const entry = (id: number, rawChecksum = 'raw') =>
    testJournalEntry({ id, rawChecksum, tokenChecksum: 'tokens' });
  const history = (...names: readonly string[]) =>
    names.map((name, index) => ({ id: index + 1, name, appliedAt: '' }));
  const before: OwnRecords = { history: history('0001_a.sql'), journal: [entry(1)], stamp: 'production' };

  it('may have more rows, and the new migrations', () => {
    const after = {
      ...before,
      history: history('0001_a.sql', '0002_b.sql'),
      journal: [entry(1), entry(2)],
    };
    expect(recordFlaws(before, after, ['0002_b.sql'])).toEqual([]);
  });

  it.each<[string, Partial<OwnRecords>, string]>([
    ['a row of the history is gone', { history: [] }, 'The history has lost 0001_a.sql'],
    ['a row has another name', { history: history('0001_z.sql') }, 'The history has lost 0001_a.sql'],
    [
      'a row is there that nobody earned',
      { history: history('0001_a.sql', 'x.sql') },
      'The history has x.sql',
    ],
    ['the journal is gone', { journal: [] }, 'The journal has lost or changed 1 of its 1 rows.'],
    ['the journal says something else', { journal: [entry(1, 'other')] }, 'lost or changed 1 of its 1'],
    ['the stamp is another', { stamp: 'staging' }, 'The stamp is "staging", and should be "production".'],
    ['the stamp is gone', { stamp: undefined }, 'The stamp is missing, and should be "production".'],
  ])('is reported when %s', (_, change, sentence) => {
    expect(recordFlaws(before, { ...before, ...change }, ['0002_b.sql']).join(' ')).toContain(sentence);
  });
});
