import { listMigrations } from 'd1-core/migrations';
import { terminalText } from 'd1-core/report';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { testEntries, type TestEntries } from '../testing/archive.ts';
import {
  APPLIED_AT,
  codesOf,
  historyOf,
  verifyEntries,
  wholeEntries,
  withContent,
} from '../testing/verification.ts';
import { describeVerification } from './describe.ts';

let whole: TestEntries;
beforeAll(async () => (whole = await wholeEntries()));

const sqlWith = (from: string | RegExp, to: string): TestEntries => {
  const sql = String(whole.get('database.sql'));
  expect(sql).toMatch(from);
  return withContent(whole, 'database.sql', sql.replace(from, to));
};

/** A statement that a backup may write, and that changes nothing. */
const NOTHING = 'PRAGMA defer_foreign_keys = on';

describe('of the database, a restore finds', () => {
  it.each<[string, () => TestEntries, string | RegExp]>([
    ['a value that is another', () => sqlWith("'two'", "'Two'"), 'wrong-table database.sql, table "a"'],
    [
      'a row that is gone',
      () => sqlWith(/INSERT INTO "b"[^;]*;/, `${NOTHING};`),
      'wrong-table database.sql, table "b"',
    ],
    ['an index that is gone', () => sqlWith('CREATE INDEX i ON a (v)', NOTHING), 'wrong-schema database.sql'],
    ['a table too many', () => sqlWith(/$/, 'CREATE TABLE z (v);\n'), /wrong-schema.*wrong-table.*"z"/],
    [
      'SQL that D1 refuses',
      () => sqlWith(/$/, 'INSERT INTO a (v) VALUES (nonsense());\n'),
      /^not-restorable database.sql$/,
    ],
    [
      'SQL that is cut off',
      () => sqlWith(/INSERT INTO "b"[^]*/, 'INSERT INTO "b" VALUES ('),
      /^not-restorable/,
    ],
    [
      'a foreign key that leads nowhere',
      () => sqlWith(/INSERT INTO "b"[^;]*;/, 'INSERT INTO "b" VALUES (99);'),
      'wrong-table database.sql, table "b"; row-without-parent database.sql, table "b"',
    ],
    [
      'a sequence that is another',
      () => sqlWith(/$/, "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES ('a', 1);\n"),
      'wrong-table database.sql, table "sqlite_sequence"',
    ],
  ])('%s', async (_, entries, expected) => {
    const found = codesOf(await verifyEntries(entries())).join('; ');
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
  });

  it('a full-text search whose index does not fit its rows', async () => {
    const broken = sqlWith(/$/, "INSERT INTO ext (rowid, body) VALUES (99, 'of no row');\n");
    expect(codesOf(await verifyEntries(broken)).join()).toMatch('unusable-search database.sql, table "ext"');
  });
});

describe('of the migrations, a restore tells', () => {
  it('a history that is not the one of migration_state.json', async () => {
    const state = String(whole.get('migration_state.json')).replace('0001_a.sql', '0001_b.sql');
    const result = await verifyEntries(withContent(whole, 'migration_state.json', state));
    expect(result.problems).toEqual([
      {
        code: 'wrong-history',
        where: 'migration_state.json, d1_migrations',
        expected: '1 0001_b.sql, applied 2025-09-01 10:00:00',
        found: '1 0001_a.sql, applied 2025-09-01 10:00:00',
      },
    ]);
  });

  it('how it stands to the files of the workspace', async () => {
    const migrations = temporaryFolder();
    const sum = 'a'.repeat(64);
    writeFiles(migrations, { '0001_a.sql': 'CREATE TABLE a (v);', '0003_c.sql': 'SELECT 1;' });
    const entries = await testEntries({
      statements: historyOf('0001_a.sql', '0002_b.sql'),
      applied: [
        { id: 1, name: '0001_a.sql', appliedAt: APPLIED_AT },
        { id: 2, name: '0002_b.sql', appliedAt: APPLIED_AT },
      ],
      files: [{ name: '0001_a.sql', rawChecksum: sum, tokenChecksum: sum }],
    });
    const files = listMigrations({ folder: migrations, rules: 'pattern' });
    const { problems, notes } = await verifyEntries(entries, { files });
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      '0002_b.sql is applied in the archive, and its file is not here.',
      '0001_a.sql is applied in the archive, and its file was edited since the backup.',
      '0003_c.sql is not applied in the archive; "migrate" applies it after a restore.',
    ]);
  });
});

describe('an archive of another tool', () => {
  // As wrangler d1 export writes it: a child first, a trigger before its view, no order of any kind.
  const DUMP = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE b (a REFERENCES a (id));
INSERT INTO "b" VALUES(1);
CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO "a" VALUES(1,'${'x'.repeat(120_000)}');
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" VALUES('a',7);
CREATE UNIQUE INDEX i ON a (v);
CREATE TRIGGER t INSTEAD OF INSERT ON w BEGIN INSERT INTO a (v) VALUES (new.v); END;
CREATE VIEW w AS SELECT v FROM a;`;

  it('is restored all the same, and the report says what cannot be known', async () => {
    const result = await verifyEntries([
      ['database.sql', Buffer.from(DUMP)],
      ['photos/originals/a.jpg', Buffer.from('photo')],
      ['metadata.json', Buffer.from('{"timestamp":"2025-09-04T14:30:22Z"}')],
    ]);
    expect(result).toMatchObject({
      problems: [],
      metadata: undefined,
      read: { entries: 3, tables: 3, rows: 3 },
    });
    expect(result.unchecked).toHaveLength(4);
    expect(terminalText(describeVerification(result))).toMatch(
      'No problem was found in what can be checked.',
    );
  });

  it('is found wanting when its dump does not load', async () => {
    const result = await verifyEntries([
      ['database.sql', Buffer.from(`${DUMP}\nINSERT INTO nowhere VALUES (1);`)],
    ]);
    expect(codesOf(result)).toEqual(['not-restorable database.sql']);
    expect(result.problems[0]?.found).toMatch('nowhere');
  });
});
