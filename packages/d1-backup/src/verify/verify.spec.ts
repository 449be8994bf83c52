import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openShadowD1 } from 'd1-core/database';
import { listMigrations, type MigrationFile } from 'd1-core/migrations';
import { createHistoryStatement, recordStatement } from 'd1-core/history';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import type { ArchiveMetadata } from '../archive/index.ts';
import { STARTED_AT, testEntries, zip, type TestEntries } from '../testing/archive.ts';
import { DIFFICULT } from '../testing/difficult.ts';
import { describeVerification, verify, type Verification, type VerifyLevel } from './index.ts';

const folder = temporaryFolder();
const file = join(folder, 'backup-2025-09-04-143022.zip');

const APPLIED = [{ id: 1, name: '0001_a.sql', appliedAt: '2025-09-01 10:00:00' }];

const STATEMENTS = [
  createHistoryStatement('d1_migrations', { quoted: true }),
  recordStatement('d1_migrations', '0001_a.sql'),
  "UPDATE d1_migrations SET applied_at = '2025-09-01 10:00:00'",
  'CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)',
  "INSERT INTO a (v) VALUES ('one'), ('two')",
  'CREATE INDEX i ON a (v)',
  'CREATE TABLE b (a REFERENCES a (id))',
  'INSERT INTO b VALUES (1)',
  ...(DIFFICULT['full-text search'] ?? []),
];

let whole: TestEntries;
beforeAll(async () => {
  whole = await testEntries({
    statements: STATEMENTS,
    photos: { 'originals/a.jpg': 'photo', 'thumbnails/a.jpg': 'small' },
    applied: APPLIED,
  });
});

interface Options {
  readonly level?: VerifyLevel;
  readonly files?: readonly MigrationFile[];
}

async function check(
  entries: Iterable<readonly [string, Buffer]>,
  { level = 'restore', files }: Options = {},
): Promise<Verification> {
  writeFileSync(file, await zip(entries));
  return verify({
    file,
    level,
    wrangler: testWrangler(),
    migrations: { historyTable: 'd1_migrations', files },
  });
}

/** The whole archive with other metadata. */
function withOther(change: (metadata: ArchiveMetadata) => object, entries = whole): TestEntries {
  const metadata: ArchiveMetadata = JSON.parse(String(whole.get('metadata.json')));
  return new Map([
    ...entries,
    ['metadata.json', Buffer.from(JSON.stringify({ ...metadata, ...change(metadata) }))],
  ]);
}

/** The whole archive with another content of an entry that the metadata agrees with: only a restore sees it. */
const withContent = (path: string, content: string): TestEntries =>
  withOther(
    ({ entries }) => ({
      entries: entries.map((entry) =>
        entry.path === path
          ? {
              path,
              size: Buffer.byteLength(content),
              sha256: createHash('sha256').update(content).digest('hex'),
            }
          : entry,
      ),
    }),
    new Map([...whole, [path, Buffer.from(content)]]),
  );

const sqlWith = (from: string | RegExp, to: string): TestEntries => {
  const sql = String(whole.get('database.sql'));
  expect(sql).toMatch(from);
  return withContent('database.sql', sql.replace(from, to));
};

const codes = ({ problems }: Verification) => problems.map(({ code, where }) => `${code} ${where}`);

describe('an archive that is whole', () => {
  it('has no problem, and everything was checked', async () => {
    const result = await check(whole);
    expect(result).toMatchObject({ problems: [], unchecked: [] });
    expect(result.read).toMatchObject({ entries: 6, tables: 6 });
    expect(describeVerification(result).join('\n')).toMatch(
      'It restores, and all content is as it was saved.',
    );
  });

  it('may have photos only, or no photos', async () => {
    const without = (...paths: readonly string[]) => {
      const entries = new Map([...whole].filter(([path]) => !paths.includes(path)));
      return withOther(
        ({ entries: list }) => ({
          entries: list.filter(({ path }) => !paths.includes(path)),
          ...(paths.includes('database.sql') ? { database: undefined } : { photos: undefined }),
        }),
        entries,
      );
    };
    expect((await check(without('database.sql', 'migration_state.json'))).problems).toEqual([]);
    const photos = [...whole.keys()].filter((path) => path.startsWith('photos/'));
    expect((await check(without(...photos))).problems).toEqual([]);
  });

  it('says what its metadata warns of', async () => {
    const { notes, problems } = await check(
      withOther(() => ({ warnings: ['Careful.'], proof: { result: 'skipped', at: null } })),
      { level: 'structure' },
    );
    expect([problems, notes]).toEqual([[], ['The backup was made with --no-verify.', 'Careful.']]);
  });
});

describe('of the list of entries, a check finds', () => {
  const structure = async (entries: Iterable<readonly [string, Buffer]>) =>
    codes(await check(entries, { level: 'structure' }));

  it('an entry that is missing', async () => {
    const rest = [...whole].filter(([path]) => path !== 'photos/originals/a.jpg');
    expect(await structure(rest)).toEqual(['missing-entry photos/originals/a.jpg']);
  });

  it('an entry too many', async () => {
    const more = [...whole, ['photos/originals/b.jpg', Buffer.from('x')] as const];
    expect(await structure(more)).toEqual(['extra-entry photos/originals/b.jpg']);
  });

  it('an entry of another size', async () => {
    expect(await structure(new Map([...whole, ['README.md', Buffer.from('x')]]))).toEqual([
      'wrong-size README.md',
    ]);
  });

  it('names that fall together where upper and lower case are the same, or where one is a folder', async () => {
    expect(
      await structure([
        ['photos/A.jpg', Buffer.from('')],
        ['photos/a.jpg', Buffer.from('')],
      ]),
    ).toEqual(['colliding-entries photos/a.jpg']);
    expect(
      await structure([
        ['photos/a', Buffer.from('')],
        ['photos/a/b', Buffer.from('')],
      ]),
    ).toEqual(['colliding-entries photos/a/b']);
  });

  it('records that contradict each other', async () => {
    const wrong = withOther(({ photos, entries }) => ({
      entries: [...entries, ...entries.slice(0, 1)],
      photos: {
        ...photos,
        objects: photos?.objects.flatMap((object, index) =>
          index === 0 ? [{ ...object, size: 1 }, object] : [],
        ),
      },
    }));
    expect(await structure(wrong)).toEqual([
      'wrong-record database.sql',
      'wrong-record photos/originals/a.jpg',
      'wrong-record photos/originals/a.jpg',
      'wrong-record photos/thumbnails/a.jpg',
    ]);
  });

  it('that there is nothing to restore', async () => {
    expect(await structure([['notes.txt', Buffer.from('x')]])).toEqual(['missing-entry database.sql']);
  });
});

it('of the content, a check finds what does not have its hash, at the level that reads it', async () => {
  const other = new Map([...whole, ['photos/originals/a.jpg', Buffer.from('PHOTO')]]);
  expect(codes(await check(other, { level: 'structure' }))).toEqual([]);
  expect(codes(await check(other, { level: 'hashes' }))).toEqual(['wrong-hash photos/originals/a.jpg']);
});

describe('of the database, a restore finds', () => {
  it.each<[string, () => TestEntries, string | RegExp]>([
    ['a value that is another', () => sqlWith("'two'", "'Two'"), 'wrong-table database.sql, table "a"'],
    [
      'a row that is gone',
      () => sqlWith(/INSERT INTO "b"[^;]*;/, 'SELECT 1;'),
      'wrong-table database.sql, table "b"',
    ],
    [
      'an index that is gone',
      () => sqlWith('CREATE INDEX i ON a (v)', 'SELECT 1'),
      'wrong-schema database.sql',
    ],
    ['a table too many', () => sqlWith(/$/, 'CREATE TABLE z (v);\n'), /wrong-schema.*wrong-table.*"z"/],
    ['SQL that D1 refuses', () => sqlWith(/$/, 'SELECT nonsense();\n'), /^not-restorable database.sql$/],
    [
      'SQL that is cut off',
      () => sqlWith(/INSERT INTO "b"[^]*/, 'INSERT INTO "b" VALUES ('),
      /^not-restorable/,
    ],
    [
      'a foreign key that leads nowhere',
      () => sqlWith(/INSERT INTO "b"[^;]*;/, 'INSERT INTO "b" VALUES (99);'),
      /^not-restorable database.sql$/,
    ],
    [
      'a sequence that is another',
      () => sqlWith(/$/, "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'a';\n"),
      'wrong-table database.sql, table "sqlite_sequence"',
    ],
  ])('%s', async (_, entries, expected) => {
    const found = codes(await check(entries())).join('; ');
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
  });

  it('a full-text search whose index does not fit its rows', async () => {
    const broken = sqlWith(/$/, 'DELETE FROM doc WHERE id = 1;\n');
    expect(codes(await check(broken)).join()).toMatch('unusable-search database.sql, table "ext"');
  });
});

describe('of the migrations, a restore tells', () => {
  it('a history that is not the one of migration_state.json', async () => {
    const state = String(whole.get('migration_state.json')).replace('0001_a.sql', '0001_b.sql');
    const result = await check(withContent('migration_state.json', state));
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
      statements: [
        createHistoryStatement('d1_migrations', { quoted: true }),
        recordStatement('d1_migrations', '0001_a.sql'),
        recordStatement('d1_migrations', '0002_b.sql'),
        "UPDATE d1_migrations SET applied_at = '2025-09-01 10:00:00'",
      ],
      applied: [...APPLIED, { id: 2, name: '0002_b.sql', appliedAt: '2025-09-01 10:00:00' }],
      files: [{ name: '0001_a.sql', rawChecksum: sum, tokenChecksum: sum }],
    });
    const files = listMigrations({ folder: migrations, rules: 'pattern' });
    const { problems, notes } = await check(entries, { files });
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
    const result = await check([
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
    expect(describeVerification(result).join('\n')).toMatch('No problem was found in what can be checked.');
  });

  it('is found wanting when its dump does not load', async () => {
    const result = await check([['database.sql', Buffer.from(`${DUMP}\nINSERT INTO nowhere VALUES (1);`)]]);
    expect(codes(result)).toEqual(['not-restorable database.sql']);
    expect(result.problems[0]?.found).toMatch('nowhere');
  });
});

it('an archive that is verified changes no local database', async () => {
  await check(whole);
  const d1 = openShadowD1(testWrangler());
  expect(await d1.batch(["SELECT name FROM sqlite_schema WHERE name = 'a'"])).toEqual([[]]);
  await d1.close();
  expect(STARTED_AT.getTime()).toBe(Date.parse('2025-09-04T14:30:22Z'));
});
