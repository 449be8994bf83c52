import { saidBy, testWorkspace } from 'd1-core/testing';
import { runMigrate } from './migrate/run.ts';
import { runPlan } from './plan/run.ts';
import { runRehearse } from './rehearse/run.ts';
import { runReset } from './reset/run.ts';
import { runSchemaDocs } from './schema-docs/run.ts';
import { runStatus } from './status/run.ts';

const workspace = testWorkspace({
  migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY NOT NULL);\n' },
});
workspace.write({ 'file.txt': '', 'folder/x.txt': '' });

const target = { wranglerConfig: workspace.wranglerConfig, environment: 'development' };

describe('a path that leads to nothing of use is an error for the reader', () => {
  const { root } = workspace;
  const reading = ['missing', 'folder', 'file.txt/below'];
  const writing = ['folder', 'file.txt/below'];

  it.each([
    ...reading.flatMap((path) => [
      ['migrate --plan', path, () => runMigrate({ ...target, plan: path }, root)] as const,
      ['plan --from', path, () => runPlan({ ...target, from: path }, root)] as const,
      ['rehearse --from', path, () => runRehearse({ ...target, from: path }, root)] as const,
      ['reset --seed', path, () => runReset({ ...target, seed: path }, root)] as const,
      ['status --wranglerConfig', path, () => runStatus({ ...target, wranglerConfig: path }, root)] as const,
    ]),
    ...writing.flatMap((path) => [
      ['plan --output', path, () => runPlan({ ...target, output: path }, root)] as const,
      [
        'schema-docs --changelogFile',
        path,
        () => runSchemaDocs({ ...target, changelogFile: path }, root),
      ] as const,
    ]),
    ['reset --persistTo', 'file.txt', () => runReset({ ...target, persistTo: 'file.txt' }, root)] as const,
  ])('%s=%j', async (_, path, command) => {
    const { success, said } = await saidBy(command);
    expect({ success, said }).toEqual({ success: false, said });
    expect(said).toContain('Fix:');
    expect(said).not.toContain('defect');
    expect(said).toContain(path.split(/[/\n]/, 1)[0]);
  });
});
