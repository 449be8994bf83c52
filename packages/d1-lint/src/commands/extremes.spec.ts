import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const bin = join(import.meta.dirname, '../cli.ts');
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd1-lint-extremes-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

/** Lints the folder in a process that is given no more memory than this, in megabytes, and returns the rules found. */
async function lint(memory: number): Promise<readonly string[]> {
  const { stdout, stderr } = await execa(
    process.execPath,
    [`--max-old-space-size=${memory}`, bin, folder, '--format=json'],
    { reject: false, env: { NODE_OPTIONS: '', NO_COLOR: '1' } },
  );
  expect(stderr).toBe('');
  const report: unknown = JSON.parse(stdout);
  const findings =
    typeof report === 'object' && report !== null && 'findings' in report ? report.findings : undefined;
  return Array.isArray(findings) ? findings.map(({ rule }: { readonly rule: string }) => rule) : [];
}

const table = 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';
const row = (id: number) => `(${id}, 'name ${id}; it''s long enough')`;
const insert = (id: number) => `INSERT INTO t (id, name) VALUES ${row(id)};\n`;
const list = (count: number, text: (index: number) => string, separator: string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(separator);

describe('d1-lint, with bounded memory,', () => {
  it('takes a statement of ten megabytes, and says that it is too long', async () => {
    await write('0001_t.sql', table);
    await write('0002_rows.sql', `INSERT INTO t (id, name) VALUES ${list(250_000, row, ',\n')};\n`);
    expect(await lint(800)).toEqual(['compat/statement-too-long']);
  });

  it('takes a text literal of ten megabytes', async () => {
    await write('0001_t.sql', table);
    await write('0002_rows.sql', `INSERT INTO t (id, name) VALUES (1, '${'x'.repeat(10_000_000)}');\n`);
    expect(await lint(400)).toEqual(['compat/statement-too-long']);
  });

  it('takes a file of a megabyte with thousands of statements', async () => {
    await write('0001_t.sql', table);
    await write('0002_rows.sql', list(16_000, insert, ''));
    expect(await lint(500)).toEqual([]);
  });

  it('takes a folder of ten thousand files', async () => {
    await write('00000_t.sql', table);
    for (let id = 1; id < 10_000; id++) await write(`${String(id).padStart(5, '0')}_row.sql`, insert(id));
    expect(await lint(400)).toEqual([]);
  });

  it.each([
    ['parentheses', `SELECT ${'('.repeat(100_000)}1${')'.repeat(100_000)};`, ['compat/statement-too-long']],
    ['fewer parentheses', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)};`, ['history/not-replayable']],
    ['operators', `SELECT ${'~'.repeat(90_000)}1;`, ['history/not-replayable']],
    ['CASE', `SELECT ${'CASE WHEN 1 THEN '.repeat(500)}1${' END'.repeat(500)};`, ['compat/expression-depth']],
    ['subqueries', `SELECT ${'(SELECT '.repeat(200)}1${')'.repeat(200)};`, ['compat/expression-depth']],
    ['a row of OR', `SELECT 1 WHERE ${list(500, (n) => `1 = ${n}`, ' OR ')};`, ['compat/expression-depth']],
  ])('says that %s nest too deeply, and lints what stands after', async (_, sql, rules) => {
    await write('0001_deep.sql', `${sql}\nVACUUM;\n`);
    expect(await lint(400)).toEqual([...rules, 'compat/no-vacuum']);
  });

  it.each([
    ['a NUL', Buffer.from(`${table}INSERT INTO t (id, name) VALUES (1, 'a\0b');\n`)],
    ['UTF-16', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['Latin-1', Buffer.from(`${table}INSERT INTO t (id, name) VALUES (1, 'frée');\n`, 'latin1')],
    ['a database of SQLite', Buffer.from(`SQLite format 3\0${'\x10\x00\x01\xff'.repeat(1000)}`, 'latin1')],
  ])('says that a file holds %s, once', async (_, bytes) => {
    await write('0001_x.sql', bytes);
    expect(await lint(400)).toEqual(['compat/encoding']);
  });
});
