import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { testWorkspace } from 'd1-core/testing';
import { openTarget } from '../target/index.ts';
import { targetIn } from '../testing/index.ts';
import { rehearse } from './index.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };

const SCHEMA = [
  'CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT, size INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL)',
  'CREATE TABLE items (list REFERENCES lists (id) ON DELETE CASCADE, n REAL, b BLOB, PRIMARY KEY (list, n)) WITHOUT ROWID',
  'CREATE TABLE plain (x TEXT)',
  "INSERT INTO lists (id, title) VALUES (1, 'it''s'), (7, NULL)",
  "INSERT INTO items VALUES (1, 0.1, x'00ff'), (1, 2.5, NULL), (7, 1e300, 'text')",
  "INSERT INTO plain (rowid, x) VALUES (5, 'five'), (9, 'nine\nand a line')",
  'CREATE TABLE numbers (n INTEGER PRIMARY KEY)',
  'WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4500) INSERT INTO numbers SELECT n FROM c',
  'CREATE TRIGGER never AFTER INSERT ON lists BEGIN DELETE FROM plain; END',
];

describe('rehearsing on a remote database', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeEach(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    await api.warmUp();
    Object.assign(process.env, api.env);
  });
  afterEach(async () => {
    await api.close();
    process.env = { ...before };
  });

  it.each([
    ['exports it', [], true],
    [
      'reads it page by page where it has a virtual table, which D1 does not export',
      ['CREATE VIRTUAL TABLE found USING fts5(x)', "INSERT INTO found (rowid, x) VALUES (3, 'three')"],
      false,
    ],
  ])('%s, and changes nothing', async (_, more, exports) => {
    const workspace = testWorkspace({
      migrations: { '0001_x.sql': 'DELETE FROM lists WHERE id = 1;\nALTER TABLE plain ADD COLUMN y TEXT;\n' },
    });
    const target = targetIn(workspace, { environment: 'production' });
    await openTarget(target).batch([...SCHEMA, ...more]);
    api.log.clear();

    const shown: string[] = [];
    const result = await rehearse({
      target,
      source: { kind: 'database' },
      onProgress: (what) => shown.push(what),
    });
    expect(result.outcome).toBe('lost-rows');
    expect(result.tables).toEqual([
      ...(exports ? [] : [{ table: 'found', before: 1, after: 1 }]),
      { table: 'items', before: 3, after: 1 },
      { table: 'lists', before: 2, after: 1 },
      { table: 'numbers', before: 4500, after: 4500 },
      { table: 'plain', before: 2, after: 2 },
    ]);
    expect(result.unaddressed).toEqual(['items']);
    expect(result.migrations[0]?.losses).toMatchObject([
      { table: 'lists', line: 1 },
      { table: 'items', line: 1 },
    ]);
    expect(shown.some((what) => what.includes('other requests wait'))).toBe(exports);
    const requests = api.log.list().map(({ path }) => path.split('/').at(-1));
    expect(requests.includes('export')).toBe(exports);
    expect(await openTarget(target).batch(['SELECT count(*) AS n FROM items'])).toEqual([[{ n: 3 }]]);
  });
});
