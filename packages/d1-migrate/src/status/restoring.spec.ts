import { writeRestoreMarkStatements } from 'd1-core/records';
import { testWorkspace } from 'd1-core/testing';
import { errorOf, execute, migrateIn } from '../testing/index.ts';

describe('a database that has a part of an archive', () => {
  it('is not migrated, and says how to go on', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    const mark = { archive: 'x', run: 'y', bookmark: '0000-1', done: 7 };
    await execute(workspace, ...writeRestoreMarkStatements(mark));
    const error = await errorOf(migrateIn(workspace));
    expect(error).toMatchObject({ code: 'restore-unfinished' });
    expect(error.fix).toContain('resume)');
    expect(error.notes[0]).toContain('0000-1');
  });
});
