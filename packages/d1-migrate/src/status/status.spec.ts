import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { reset } from '../reset/index.ts';
import { readStatus } from '../survey/index.ts';
import { errorOf, identify, query, statesIn, targetIn } from '../testing/index.ts';
import { resolveTargets } from 'd1-core/target';
import { describeMatrix, describeStatus, readMatrix } from './index.ts';

const plain = (lines: readonly string[]) => terminalText(lines).trimEnd();

const MIGRATIONS = { '0001_a.sql': 'CREATE TABLE a (x);\n', '0002_b.sql': 'CREATE TABLE b (x);\n' };

describe('the status of a local database', () => {
  it('is all pending before anything has run, and asking writes nothing', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const status = await readStatus(targetIn(workspace));
    expect(status).toMatchObject({ pending: 2, consistent: true });
    expect(existsSync(join(workspace.root, '.wrangler'))).toBe(false);
    expect(plain(describeStatus(status))).toContain('0 applied, 2 pending.');
  });

  it('writes nothing into a database that only wrangler has used', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    await query(workspace, 'CREATE TABLE scratch (x)');
    await readStatus(targetIn(workspace));
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`)).toEqual([
      { name: 'scratch' },
    ]);
  });

  it('follows what happens to the files', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    await reset({ target: targetIn(workspace), identify });
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'applied', '0002_b.sql': 'applied' });

    workspace.write({ 'migrations/0001_a.sql': '-- a comment\r\nCREATE  TABLE a(x) ;\r\n' });
    expect(await statesIn(workspace)).toMatchObject({ '0001_a.sql': 'applied' });

    workspace.write({ 'migrations/0001_a.sql': 'CREATE TABLE a (x, y);\n' });
    rmSync(join(workspace.root, 'migrations/0002_b.sql'));
    workspace.write({ 'migrations/0003_c.sql': 'CREATE TABLE c (x);\n' });
    expect(await statesIn(workspace)).toEqual({
      '0001_a.sql': 'modified',
      '0003_c.sql': 'pending',
      '0002_b.sql': 'missing',
    });

    const text = plain(describeStatus(await readStatus(targetIn(workspace))));
    expect(text).toContain('its SQL has changed since it was applied');
    expect(text).toContain('is applied, but its file is gone');
    expect(text).toContain('2 applied, 1 pending, and the files do not agree with the history.');
  });

  it('says what to do after two branches have used one number', async () => {
    const workspace = testWorkspace({
      migrations: { ...MIGRATIONS, '0002_other.sql': 'CREATE TABLE o (x);\n' },
    });
    const status = await readStatus(targetIn(workspace));
    expect(status.consistent).toBe(false);
    expect(plain(describeStatus(status))).toContain('"d1-migrate renumber"');
  });

  it('names a migrations folder that is not there', async () => {
    const workspace = testWorkspace();
    rmSync(join(workspace.root, 'migrations'), { recursive: true });
    expect(await errorOf(readStatus(targetIn(workspace)))).toMatchObject({
      code: 'no-migrations-folder',
      exitCode: 2,
    });
  });
});

describe('the status of all environments', () => {
  it('shows them side by side, and says which could not be read', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    await reset({ target: targetIn(workspace), identify });
    workspace.write({ 'migrations/0003_c.sql': 'CREATE TABLE c (x);\n' });
    const token = process.env['CLOUDFLARE_API_TOKEN'];
    process.env['CLOUDFLARE_API_TOKEN'] = '';
    try {
      const matrix = await readMatrix(
        resolveTargets({ wranglerConfig: 'wrangler.toml' }, workspace.root),
        readStatus,
      );
      expect(matrix).toMatchObject({ complete: false, pending: 1 });
      expect(matrix.rows).toEqual([
        { name: '0001_a.sql', states: ['applied', undefined] },
        { name: '0002_b.sql', states: ['applied', undefined] },
        { name: '0003_c.sql', states: ['pending', undefined] },
      ]);
      const text = plain(describeMatrix(matrix));
      expect(text).toMatch(/^ +development +production$/m);
      expect(text).toMatch(/^0003_c\.sql +pending +\?$/m);
      expect(text).toContain('production: could not be read:');
      expect(text).toContain('this status is incomplete');
    } finally {
      if (token === undefined) delete process.env['CLOUDFLARE_API_TOKEN'];
      else process.env['CLOUDFLARE_API_TOKEN'] = token;
    }
  });
});
