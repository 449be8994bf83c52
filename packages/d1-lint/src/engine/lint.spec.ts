import { exampleFiles, lintExample, lintFile, lintFiles } from '../testing/examples.ts';
import { removeStatement } from './edits.ts';
import { fixFiles } from './fix.ts';

const fix = (text: string) => fixFiles(exampleFiles(text), (files) => lintFiles(files));

describe('linting', () => {
  it('gives places from 1, in UTF-16 units', async () => {
    const { findings } = await lintExample("-- 𝄞\r\nSELECT '𝄞'; VACUUM;", {
      rules: { 'compat/crlf': 'off' },
    });
    expect(findings.map(({ start, end }) => [start, end])).toEqual([
      [
        { line: 2, column: 14 },
        { line: 2, column: 20 },
      ],
    ]);
  });

  it('places what is wrong with the bytes where it is, behind a U+FFFD that is meant', async () => {
    const [file] = exampleFiles("SELECT '\uFFFD';\n\nSELECT 'caf");
    if (file === undefined) throw new Error('no file');
    const bytes = Buffer.concat([file.bytes, Buffer.from([0xe9]), Buffer.from("';\n")]);
    const { findings } = await lintFiles([{ ...file, bytes, text: new TextDecoder().decode(bytes) }]);
    expect(findings.map(({ rule, start }) => [rule, start])).toEqual([
      ['compat/encoding', { line: 3, column: 12 }],
    ]);
  });

  it('lints the other statements of a file with a broken one', async () => {
    const { findings } = await lintExample('VACUUM; CREATE TABL x; VACUUM;');
    expect(findings.map(({ rule }) => rule)).toEqual([
      'compat/no-vacuum',
      'meta/syntax-error',
      'compat/no-vacuum',
    ]);
  });

  it('does not repeat a failure in the statements that follow from it', async () => {
    const { findings } = await lintExample(
      'CREATE TABLE t (a INTEGER,); INSERT INTO t (a) VALUES (1); SELECT a FROM t;',
    );
    expect(findings.map(({ rule }) => rule)).toEqual(['meta/syntax-error']);
  });

  it('rolls back a file that fails, as D1 does: what a later one does again is no second failure', async () => {
    const { findings } = await lintExample({
      '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
      '0002_u.sql':
        "CREATE TABLE u (id INTEGER PRIMARY KEY); ALTER TABLE t ADD COLUMN a TEXT; INSERT INTO nowhere VALUES ('x');",
      '0003_u.sql': 'CREATE TABLE u (id INTEGER PRIMARY KEY); ALTER TABLE t ADD COLUMN a TEXT;',
    });
    expect(findings.map(({ file, rule }) => [file, rule])).toEqual([
      ['migrations/0002_u.sql', 'history/not-replayable'],
    ]);
  });

  it('does not repeat a failure in later files that miss what was rolled back', async () => {
    const { findings } = await lintExample(
      {
        '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
        '0002_u.sql':
          "CREATE TABLE u (id INTEGER PRIMARY KEY); ALTER TABLE t ADD COLUMN a TEXT; INSERT INTO nowhere VALUES ('x');",
        '0003_v.sql': `INSERT INTO u (id) VALUES (1); INSERT INTO t (id, name, a) VALUES (1, 'n', 'a');
CREATE TABLE v (id INTEGER PRIMARY KEY, u INTEGER REFERENCES u (id)); CREATE INDEX v_u ON v (u);
DROP TABLE IF EXISTS u; DROP INDEX never;`,
      },
      { rules: { 'data/drop-table': 'off', 'safety/drop-referenced-table': 'off' } },
    );
    expect(findings.map(({ file, message }) => [file, message])).toEqual([
      ['migrations/0002_u.sql', expect.stringContaining('no such table: nowhere')],
      ['migrations/0003_v.sql', expect.stringContaining('no such index: never')],
    ]);
  });

  it('takes what Drizzle Kit and Prisma write, and finds only what is wrong with it', async () => {
    const create = 'CREATE TABLE `users` (\n\t`id` integer PRIMARY KEY NOT NULL,\n\t`name` text NOT NULL\n);';
    const drizzle = `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_users\` (
\t\`id\` integer PRIMARY KEY NOT NULL,
\t\`name\` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "name") SELECT "id", "name" FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;`;
    const prisma = `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_users" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL DEFAULT ''
);
INSERT INTO "new_users" ("id", "name") SELECT "id", "name" FROM "users";
DROP TABLE "users";
ALTER TABLE "new_users" RENAME TO "users";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;`;
    for (const generated of [drizzle, prisma]) {
      const { findings } = await lintExample({ '0001_users.sql': create, '0002_users.sql': generated });
      expect(findings.map(({ rule }) => rule)).toEqual(['compat/foreign-keys-pragma-is-noop']);
    }
  });

  it('says how a default is computed', async () => {
    const found = async (value: string) => {
      const { findings } = await lintExample(
        `CREATE TABLE notes (id INTEGER PRIMARY KEY, made_at TEXT NOT NULL DEFAULT ${value}, body TEXT);`,
      );
      return findings.map(({ rule, start, help }) => `${rule} at ${start.column}: ${help}`);
    };
    expect(await found("DateTime('now', '+1 day')")).toEqual([
      "meta/syntax-error at 75: Write DEFAULT (DateTime('now', '+1 day')).",
    ]);
    expect(await found('now()')).toEqual(["meta/syntax-error at 75: Write DEFAULT (datetime('now'))."]);
    expect(await found("nextval('notes_id')")).toEqual(['meta/syntax-error at 75: Write a constant.']);
  });

  it('replays the files it does not report on', async () => {
    const files = {
      '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY); VACUUM;',
      '0002_t.sql': 'DELETE FROM t;',
    };
    const { findings } = await lintExample(files, { rules: {} });
    expect(findings.map(({ rule }) => rule)).toEqual(['compat/no-vacuum', 'data/delete-without-where']);
  });

  it.each([
    ['an empty file', ''],
    ['only a comment', '-- nothing'],
    ['a NUL', 'CREATE TABLE t (a TEXT);\0'],
    ['an unterminated text', "INSERT INTO t VALUES ('"],
    ['an unterminated comment', 'SELECT 1; /* '],
    ['only semicolons', ';;;;'],
    ['a lone surrogate', "SELECT '\ud800';"],
    ['a broken trigger', 'CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2'],
  ])('survives %s', async (_, text) => {
    expect((await lintExample(text)).files).toBe(1);
  });

  it('takes a megabyte in one statement, and ten in many', async () => {
    const row = `(1, '${'x'.repeat(90)}')`;
    const rows = Array.from({ length: 10_000 }, () => row).join(',\n');
    const { findings } = await lintFiles([
      lintFile(['0001_t.sql', 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);']),
      lintFile(['0002_t.sql', `INSERT INTO t (id, name) VALUES ${rows};`]),
      lintFile(['0003_t.sql', `INSERT INTO t (id, name) VALUES ${row};\n`.repeat(20_000)]),
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual(['compat/statement-too-long']);
  });
});

describe('fixing', () => {
  it('removes a statement with its line, and leaves what else is on it', () => {
    const remove = (text: string) => {
      const start = text.indexOf('VACUUM');
      const edit = removeStatement(text, { start, end: start + 6 });
      return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    };
    expect(remove('SELECT 1;\n  VACUUM ;\nSELECT 2;\n')).toBe('SELECT 1;\nSELECT 2;\n');
    expect(remove('SELECT 1; VACUUM; SELECT 2;')).toBe('SELECT 1;  SELECT 2;');
    expect(remove('VACUUM')).toBe('');
  });

  it('splits a long INSERT into statements that D1 takes, with all rows', async () => {
    const row = (id: number) => `(${id}, 'it''s; ${'x'.repeat(90)}')`;
    const rows = Array.from({ length: 3000 }, (_, id) => row(id));
    const files = [
      lintFile(['0001_t.sql', 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);']),
      lintFile(['0002_t.sql', `INSERT INTO t (id, name) VALUES ${rows.join(', ')};`]),
    ];
    const { changed, result } = await fixFiles(files, (current) => lintFiles(current));
    expect(result.findings).toEqual([]);
    const [file] = changed;
    expect(file?.text.match(/INSERT INTO t/g)?.length).toBe(4);
    expect(rows.every((one) => file?.text.includes(one))).toBe(true);
  });

  it('leaves a file without safe fixes as it is', async () => {
    expect((await fix('DELETE FROM t;')).changed).toEqual([]);
  });
});
