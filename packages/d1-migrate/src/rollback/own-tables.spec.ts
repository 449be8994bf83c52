import { loadTokenizer } from 'd1-core/sql';
import { testWorkspace } from 'd1-core/testing';
import { withHeader } from '../rollback-script/index.ts';
import { readSurvey } from '../survey/index.ts';
import { errorOf, identify, migrateIn, statesIn, targetIn } from '../testing/index.ts';
import { rollback } from './rollback.ts';

describe('a rollback script that changes what the tools note', () => {
  it('does not run, whatever its header says', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    await migrateIn(workspace);
    const target = targetIn(workspace);
    const { checksumsOf } = await readSurvey(target);
    const header = {
      migration: '0001_a.sql',
      checksum: checksumsOf('0001_a.sql').tokens,
      class: 'exact',
      kept: [],
      losses: [],
      wrangler: target.wrangler.version,
    } as const;
    const script = 'DROP TABLE a;\nDROP TABLE IF EXISTS d1_migrate_journal;\n';
    workspace.write({ 'migrations/rollback/0001_a.sql': withHeader(script, header, await loadTokenizer()) });
    const error = await errorOf(
      rollback({ target, identify, dryRun: false, acceptDataLoss: [], approve: async () => undefined }),
    );
    expect(error).toMatchObject({ code: 'touches-own-table' });
    expect(error.message).toContain('d1_migrate_journal');
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'applied' });
  });
});
