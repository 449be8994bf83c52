import { workOf, type Command } from 'd1-core/command';
import { saidBy, testWorkspace } from 'd1-core/testing';
import { COMMANDS } from './index.ts';
import { migrateCommand } from './migrate.ts';
import { planCommand } from './plan.ts';
import { resetCommand } from './reset.ts';
import { schemaDocsCommand } from './schema-docs.ts';
import { statusCommand } from './status.ts';

const workspace = testWorkspace({
  migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY NOT NULL);\n' },
});
workspace.write({ 'file.txt': '', 'folder/x.txt': '' });

const target = { wranglerConfig: workspace.wranglerConfig, environment: 'development' };

describe('a path that leads to nothing of use is an error for the reader', () => {
  const run = async (command: Command, options: object) =>
    (await workOf(COMMANDS, command).load())({ ...target, ...options }, { workspaceRoot: workspace.root });
  const reading = ['missing', 'folder', 'file.txt/below'];
  const writing = ['folder', 'file.txt/below'];

  it.each([
    ...reading.flatMap((path) => [
      ['migrate --plan', path, () => run(migrateCommand, { plan: path })] as const,
      ['plan --from', path, () => run(planCommand, { from: path })] as const,
      ['reset --seed', path, () => run(resetCommand, { seed: path })] as const,
      ['status --wranglerConfig', path, () => run(statusCommand, { wranglerConfig: path })] as const,
    ]),
    ...writing.flatMap((path) => [
      ['plan --output', path, () => run(planCommand, { output: path })] as const,
      ['schema-docs --changelogFile', path, () => run(schemaDocsCommand, { changelogFile: path })] as const,
    ]),
    ['reset --persistTo', 'file.txt', () => run(resetCommand, { persistTo: 'file.txt' })] as const,
  ])('%s=%j', async (_, path, command) => {
    const { success, said } = await saidBy(command);
    expect({ success, said }).toEqual({ success: false, said });
    expect(said).toContain('Fix:');
    expect(said).not.toContain('defect');
    expect(said).toContain(path.split(/[/\n]/, 1)[0]);
  });
});
