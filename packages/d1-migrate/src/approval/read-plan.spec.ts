import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, testWorkspace } from 'd1-core/testing';
import { errorOf, identify, migrateIn, targetIn } from '../testing/index.ts';
import { readPlan } from './index.ts';
import { makePlan, planDocument } from '../plan/index.ts';

const TABLE = { '0001_a.sql': 'CREATE TABLE a (x);\n' };

async function planIn(workspace = testWorkspace({ migrations: TABLE })) {
  const plan = await makePlan({
    target: targetIn(workspace),
    workspaceRoot: workspace.root,
    identify,
    source: { kind: 'database' },
  });
  return { workspace, plan, document: planDocument(plan) };
}

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'plan.json');
  writeFileSync(file, text);
  return file;
}

describe('the file of a plan', () => {
  it('is read as it was written, however it is formatted', async () => {
    const { plan, document } = await planIn();
    const read = await readPlan(fileWith(JSON.stringify(document, null, '\t')));
    expect(read).toMatchObject({
      ready: true,
      problems: [],
      state: plan.state,
      schemaAfter: plan.schemaAfter,
      data: { source: { kind: 'database' }, rows: {}, changed: [] },
      time: plan.origin.time,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is refused when somebody has edited it', async () => {
    const { document } = await planIn();
    const edited = JSON.stringify(document).replace('0001_a.sql', '0001_b.sql');
    expect(await errorOf(readPlan(fileWith(edited)))).toMatchObject({ code: 'plan-edited', exitCode: 2 });
    const ready = JSON.stringify({ ...document, ready: false });
    expect(await errorOf(readPlan(fileWith(ready)))).toMatchObject({ code: 'plan-edited' });
  });

  it.each([
    ['is no JSON', 'plan', 'it is not a JSON object'],
    ['is cut off', '{"version": 1, "ready', 'it is not a JSON object'],
    ['is a list', '[]', 'it is not a JSON object'],
    ['is of a version to come', '{"version": 2}', 'its version is 2, and 1 is known here'],
    ['has no hash', '{"version": 1, "ready": true}', 'it has no hash'],
  ])('is refused when it %s', async (_, text, reason) => {
    const error = await errorOf(readPlan(fileWith(text)));
    expect(error).toMatchObject({ code: 'not-a-plan', exitCode: 2 });
    expect(error.message).toContain(reason);
  });

  it('is asked for where there is none', async () => {
    const error = await errorOf(readPlan(join(temporaryFolder(), 'nothing.json')));
    expect(error).toMatchObject({
      code: 'no-plan',
      exitCode: 2,
      fix: expect.stringContaining('"d1-migrate plan ('),
    });
  });
});

describe('a plan for another database', () => {
  it('is refused before anything is read', async () => {
    const { document } = await planIn();
    const plan = await readPlan(fileWith(JSON.stringify(document)));
    const other = testWorkspace({ migrations: TABLE });
    const target = targetIn(other, { environment: 'production' });
    const error = await errorOf(migrateIn(other, { target, plan }));
    expect(error).toMatchObject({ code: 'plan-of-another-database', exitCode: 2 });
    expect(error.message).toContain('The plan is for development, database test-development');
    expect(error.message).toContain('this is production, database test-production');
  });
});
