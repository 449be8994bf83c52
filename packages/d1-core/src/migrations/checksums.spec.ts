import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTrivia, loadTokenizer } from '../sql/index.ts';
import { checksums, readMigration } from './index.ts';

const tokenize = await loadTokenizer();
const sums = (text: string) => checksums(Buffer.from(text), tokenize);

const TEXTS = [
  "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL DEFAULT (-1), s TEXT CHECK (s IN ('a', 'b''c')));",
  'CREATE TRIGGER x AFTER UPDATE ON t BEGIN UPDATE t SET a = NEW.a - - 1 WHERE b <> x\'00\' || "c d"; END;',
  'SELECT [a b], `c`, 1.5e3, ?1, $x, a->>\'$.b\', a / b, a * b FROM "t" -- end',
  "INSERT INTO t VALUES ('line one\nline two', 'grün 🎉');",
];

describe('checksums', () => {
  it('hashes the bytes with SHA-256', () => {
    expect(sums('').raw).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('gives the same for the same tokens, whatever stands between them', () => {
    // A space comes first: a minus and a comment would make another comment.
    const trivia = fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '\t',
      '/* ; */',
      "-- it's\n",
      '/**/ ',
      '/*\n*/',
      '-- x\r\n',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS),
        fc.array(fc.array(trivia, { minLength: 1 }), { minLength: 1 }),
        (text, fill) => {
          const tokens = tokenize(text).filter((token) => !isTrivia(token));
          const changed = tokens
            .map((token, index) => `${token.text} ${fill[index % fill.length]?.join('')}`)
            .join('');
          expect(sums(`\uFEFF-- Header\n${changed}`).tokens).toBe(sums(text).tokens);
        },
      ),
    );
  });

  it('does not see by tokens which line ends a file was checked out with, even inside literals', () => {
    for (const text of TEXTS) {
      const windows = sums(`${text}\n`.replaceAll('\n', '\r\n'));
      expect(windows.tokens).toBe(sums(text).tokens);
      expect(windows.raw).not.toBe(sums(text).raw);
    }
  });

  it('changes with every token', () => {
    const all = [
      'SELECT 1;',
      'SELECT 1',
      'SELECT 11;',
      'SELECT 1 1;',
      'select 1;',
      "SELECT '1';",
      "SELECT ' 1';",
      "SELECT '1\n';",
      'SELECT "1";',
      'SELECT 2;',
      'SELECT 1;;',
      'SELECT1;',
      '',
    ];
    expect(new Set(all.map((text) => sums(text).tokens)).size).toBe(all.length);
  });

  it('gives empty and comment-only files the same checksum of tokens', () => {
    expect(sums('-- nothing\n').tokens).toBe(sums('').tokens);
  });
});

describe('readMigration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'd1-read-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads the file when its content is first asked for, and once', () => {
    const path = join(folder, '0001_a.sql');
    const migration = readMigration({ name: '0001_a.sql', path, number: 1 });
    writeFileSync(path, '\uFEFFSELECT 1;');
    expect(migration.text).toBe('SELECT 1;');
    writeFileSync(path, 'SELECT 2;');
    expect(Buffer.from(migration.bytes).toString()).toBe('\uFEFFSELECT 1;');
    expect(migration.checksums(tokenize)).toEqual(sums('\uFEFFSELECT 1;'));
    expect(migration.checksums(tokenize)).toBe(migration.checksums(tokenize));
  });

  it('says which migration cannot be read', () => {
    const migration = readMigration({ name: 'gone.sql', path: join(folder, 'gone.sql'), number: undefined });
    expect(migration.name).toBe('gone.sql');
    expect(() => migration.text).toThrow(
      expect.objectContaining({
        code: 'unreadable-migration',
        exitCode: 2,
        location: { file: migration.path },
      }),
    );
    expect(() => readMigration({ name: 'x', path: folder, number: undefined }).bytes).toThrow(
      'The migration x cannot be read',
    );
  });
});
