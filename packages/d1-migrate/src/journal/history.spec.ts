import { testWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { migrateIn, query, targetIn } from '../testing/index.ts';
import { describeHistory, historyDocument, readHistory } from './index.ts';

const plain = (lines: readonly string[]) => terminalText(lines).trimEnd();

describe('the history of a database', () => {
  it('tells what each run has done, and what was applied without this tool', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n', '0002_bad.sql': 'VACUUM;\n' },
    });
    await migrateIn(workspace);
    await query(workspace, `INSERT INTO d1_migrations (name) VALUES ('theirs.sql')`);
    const history = await readHistory(targetIn(workspace));
    const text = plain(describeHistory(history));
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT.*Z {2}migrate by tester, wrangler \d/m);
    expect(text).toMatch(/^ {2}0001_a\.sql +applied$/m);
    expect(text).toMatch(/^ {2}0002_bad\.sql +failed$/m);
    expect(text).toMatch(/Applied without this tool:\n {2}\d{4}-.* UTC {2}theirs\.sql/);
    expect(text).toContain('2 migrations in the history, 4 rows in the journal.');
    expect(historyDocument(history)).toMatchObject({
      environment: 'development',
      stamp: 'development',
      history: [{ name: '0001_a.sql' }, { name: 'theirs.sql' }],
    });
  });

  it('shows a run that was interrupted as one without an end', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await migrateIn(workspace);
    await query(workspace, `DELETE FROM d1_migrate_journal WHERE outcome = 'applied'`);
    const text = plain(describeHistory(await readHistory(targetIn(workspace))));
    expect(text).toContain('started, and no end was written');
  });

  it('is empty for a database that nobody has touched', async () => {
    const text = plain(describeHistory(await readHistory(targetIn(testWorkspace()))));
    expect(text).toContain('0 migrations in the history, 0 rows in the journal.');
  });
});
