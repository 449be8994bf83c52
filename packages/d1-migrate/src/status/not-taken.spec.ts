import { testWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { checkDatabase } from '../deploy/check.ts';
import { listAllMigrations, readStatus } from '../survey/index.ts';
import { errorOf, migrateIn, startExecutor, targetIn } from '../testing/index.ts';
import { describeMatrix, describeStatus, readMatrix, readStanding } from './index.ts';

const CREATE = 'CREATE TABLE a (x);\n';

describe('SQL files that wrangler does not apply', () => {
  const one = testWorkspace({ migrations: { '0001_a.SQL': CREATE } });
  const nested = testWorkspace({ migrations: { '0001_a.sql': CREATE, 'sub/0002_b.sql': CREATE } });

  it('are in the status, which is then not up to date, and fails', async () => {
    const status = await readStatus(targetIn(one));
    expect(status).toMatchObject({
      allTaken: false,
      findings: [{ code: 'not-taken', files: ['0001_a.SQL'] }],
    });
    const text = terminalText(describeStatus(status));
    expect(text).toContain('mv 0001_a.SQL 0001_a.sql');
    expect(text).toContain('0 applied, 0 pending, and wrangler does not apply every SQL file.');
    const matrix = await readMatrix([targetIn(one)], readStatus);
    expect(matrix.allTaken).toBe(false);
    expect(terminalText(describeMatrix(matrix))).toContain(
      'development: wrangler does not apply an SQL file',
    );
    expect(await startExecutor('status', one)).toMatchObject({ exitCode: 1 });
  });

  it('stop a migrate, also where nothing else is pending', async () => {
    for (const workspace of [one, nested]) {
      expect(await errorOf(migrateIn(workspace))).toMatchObject({ code: 'not-taken', exitCode: 1 });
    }
    expect((await readStatus(targetIn(nested))).migrations).toMatchObject([{ state: 'pending' }]);
  });

  it('stop a deploy and what reads the folder alone, and leave the schema unchecked', async () => {
    const target = targetIn(nested);
    expect((await errorOf(checkDatabase(target))).fix).toContain(
      'migrations_pattern = "migrations/{*,sub/*}.sql"',
    );
    expect((await readStanding(target)).drift.unchecked).toBe('wrangler does not apply every SQL file');
    expect(() => listAllMigrations(target)).toThrow(expect.objectContaining({ code: 'not-taken' }));
  });
});
