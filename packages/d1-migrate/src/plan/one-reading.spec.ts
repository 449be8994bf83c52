import { testWorkspace } from 'd1-core/testing';
import { errorOf, identify, migrateIn, query, targetIn } from '../testing/index.ts';
import { makePlan } from './index.ts';

describe('a plan', () => {
  it('rehearses what was read at its beginning, and is not made of files that change meanwhile', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await migrateIn(workspace);
    await query(workspace, 'INSERT INTO a VALUES (1)');
    const file = 'migrations/0002_b.sql';
    workspace.write({ [file]: 'CREATE TABLE b (x);\n' });
    const target = targetIn(workspace);
    const source = { kind: 'database' } as const;
    const plan = (onProgress: (text: string) => void) =>
      makePlan({ target, workspaceRoot: workspace.root, identify, source, onProgress });

    let swapped = false;
    const swappedBack = await plan((text) => {
      workspace.write({ [file]: text.startsWith('copying') ? 'DELETE FROM a;\n' : 'CREATE TABLE b (x);\n' });
      swapped = true;
    });
    expect(swapped).toBe(true);
    expect(swappedBack.rehearsal).toMatchObject({ outcome: 'passed', changed: [] });

    const changed = await errorOf(plan(() => workspace.write({ [file]: 'DELETE FROM a;\n' })));
    expect(changed).toMatchObject({ code: 'changed-meanwhile' });
  });
});
