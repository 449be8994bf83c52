import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openLocalD1 } from '../database/index.ts';
import { loadTokenizer } from '../sql/index.ts';
import { testWorkspace, testWrangler } from '../testing/index.ts';
import { fileFindings } from './index.ts';

const tokenize = await loadTokenizer();

function found(content: string | Uint8Array) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return fileFindings({ name: '0001_x.sql', path: 'migrations/0001_x.sql', bytes }, tokenize).map(
    ({ code, severity, location }) => `${severity} ${code} ${location?.line}:${location?.column}`,
  );
}

describe('fileFindings', () => {
  it.each([
    'CREATE TABLE t (a);',
    'CREATE TABLE t (a);\n-- the end',
    "INSERT INTO t VALUES ('a;b''c', \"d\", [e], x'00'); /* done */\n",
    'CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END;\n',
    "INSERT INTO t VALUES ('\uFFFD');",
    "-- BEGIN TRANSACTION;\nSELECT 'COMMIT'; -- COMMIT;",
    "-- begin transaction\nSELECT 'BEGIN  TRANSACTION', 'COMMIT;';",
  ])('has nothing to say about %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it.each([
    ['CREATE TABLE t (a)\n', 'error missing-semicolon 1:19'],
    ['SELECT 1;\nSELECT 2 -- no end', 'error missing-semicolon 2:9'],
    ['CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END\n', 'error missing-semicolon 1:55'],
    ['CREATE TABLE t (a);\n  /* oops', 'error unterminated-comment 2:3'],
    ['SELECT 1; /*/', 'error unterminated-comment 1:11'],
    ["SELECT 1;\nSELECT 'x;\n", 'error unterminated-quote 2:8'],
    ['SELECT "x;', 'error unterminated-quote 1:8'],
    ['SELECT `x;', 'error unterminated-quote 1:8'],
    ['SELECT [x;', 'error unterminated-quote 1:8'],
    ["SELECT x'12;", 'error unterminated-quote 1:8'],
    ['', 'warning no-statements 1:1'],
    ['-- Migration number: 0001\n/* later */ ;\n', 'warning no-statements 1:1'],
    ['\uFEFFSELECT 1;', 'warning byte-order-mark 1:1'],
    ['SELECT\n1;\r\nSELECT 2;\r\n', 'warning crlf 2:3'],
    ['SELECT 1;\n\0', 'error nul 2:1'],
    ['SELECT 1;\n-- no BEGIN TRANSACTION here', 'error transaction-words 2:7'],
    ['/* BEGIN TRANSACTION */ SELECT 1;', 'error transaction-words 1:4'],
    ["-- BEGIN TRANSACTION;\nSELECT 'BEGIN TRANSACTION;';", 'error transaction-words 2:9'],
    ["SELECT 'a BEGIN TRANSACTION; b';", 'error transaction-removed 1:11'],
    ["-- BEGIN TRANSACTION;\nSELECT 'COMMIT;';", 'error transaction-removed 2:9'],
  ])('finds in %j: %s', (text, finding) => {
    expect(found(text)).toContain(finding);
  });

  it('asks for no semicolon after a quote that never ends', () => {
    expect(found("SELECT 'x")).toEqual(['error unterminated-quote 1:8']);
  });

  it('finds both what is open and what came before it', () => {
    expect(found('SELECT 1\n/* oops')).toEqual([
      'error missing-semicolon 1:9',
      'error unterminated-comment 2:1',
    ]);
  });

  it('finds the first byte that is not UTF-8, behind a U+FFFD that is meant', () => {
    const bytes = Buffer.concat([
      Buffer.from("\uFEFFSELECT 'ü\uFFFD';\nSELECT 'caf"),
      Buffer.from([0xe9]),
      Buffer.from("';"),
    ]);
    expect(found(bytes)).toEqual(['warning byte-order-mark 1:1', 'error invalid-utf8 2:12']);
    expect(found(Uint8Array.of(0xff))).toContain('error invalid-utf8 1:1');
  });

  it('takes UTF-16 for what it is: not UTF-8, and full of NUL', () => {
    const codes = found(Buffer.from('\uFEFFSELECT 1;', 'utf16le')).map((line) => line.split(' ')[1]);
    expect(codes).toEqual(expect.arrayContaining(['invalid-utf8', 'nul']));
  });

  it('names the file, where it is, and what to write', () => {
    const [finding] = fileFindings(
      { name: '0001_x.sql', path: 'migrations/0001_x.sql', bytes: Buffer.from('SELECT [x') },
      tokenize,
    );
    expect(finding).toEqual({
      code: 'unterminated-quote',
      severity: 'error',
      message: 'This quote never ends, and runs into the statement that records the migration.',
      fix: 'Write the closing ] after it.',
      files: ['0001_x.sql'],
      location: { file: 'migrations/0001_x.sql', line: 1, column: 8 },
      at: 7,
    });
  });
});

describe('wrangler, with the files that have findings', () => {
  /** Applies one migration with the real command line, and tells what is in the database afterwards. */
  async function apply(text: string) {
    const { root } = testWorkspace({ migrations: { '0001_x.sql': text } });
    const { bin, compileCache } = testWrangler();
    const persistTo = join(root, 'state');
    const { status } = spawnSync(
      process.execPath,
      [bin, 'd1', 'migrations', 'apply', 'DB', '--env', 'development', '--local', '--persist-to', persistTo],
      {
        cwd: root,
        env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', NODE_COMPILE_CACHE: compileCache },
      },
    );
    const d1 = openLocalD1({
      wrangler: testWrangler(),
      id: '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0',
      persistTo,
    });
    try {
      const [tables, history] = await d1.batch([
        "SELECT name FROM sqlite_master WHERE name = 't'",
        'SELECT name FROM d1_migrations',
      ]);
      return { succeeded: status === 0, applied: tables?.length === 1, recorded: history?.length === 1 };
    } finally {
      await d1.close();
    }
  }

  it.each([
    ['CREATE TABLE t (a);\n/* oops', { succeeded: true, applied: true, recorded: false }],
    ["CREATE TABLE t (a);\nSELECT 'x;", { succeeded: false, applied: false, recorded: false }],
    ['CREATE TABLE t (a)', { succeeded: false, applied: false, recorded: false }],
    ['CREATE TABLE t (a);\0\n', { succeeded: false, applied: false, recorded: false }],
    ['CREATE TABLE t (a);\n-- BEGIN TRANSACTION', { succeeded: false, applied: false, recorded: false }],
    ['-- CREATE TABLE t (a);', { succeeded: true, applied: false, recorded: true }],
  ])('does with %j what the finding says', async (text, outcome) => {
    expect(found(text)).toHaveLength(1);
    expect(await apply(text)).toEqual(outcome);
  });
});
