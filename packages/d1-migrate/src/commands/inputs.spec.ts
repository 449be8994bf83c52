import { join } from 'node:path';
import { notCovered, testWorkspace, traceReads } from 'd1-core/testing';
import { createNodes } from '../plugin.ts';

const commands = join(import.meta.dirname, 'index.ts');

const workspace = testWorkspaceOnce();
function testWorkspaceOnce() {
  const { root, write } = testWorkspace({
    migrations: {
      '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY);\n',
      'rollback/0001_t.sql': 'DROP TABLE t;\n',
      'schema/schema.sql': '',
    },
  });
  write({
    'package.json': '{ "name": "w" }',
    'project.json': JSON.stringify({
      targets: { 'schema-docs': { options: { schemaFile: 'docs/tables.md' } } },
    }),
    'docs/tables.md': '',
  });
  return root;
}

async function inputsOf(target: string) {
  const nodes = await createNodes[1](
    ['wrangler.toml'],
    {},
    { workspaceRoot: workspace, nxJsonConfiguration: {} },
  );
  return [...nodes][0]?.[1].projects?.['.']?.targets?.[target] ?? {};
}

const reads = (name: string, options: object = {}) =>
  traceReads(
    workspace,
    `import { COMMANDS } from ${JSON.stringify(commands)};
const command = COMMANDS.commands.find(({ name }) => name === ${JSON.stringify(name)});
await command.run(${JSON.stringify({ wranglerConfig: 'wrangler.toml', environment: 'development', ...options })}, { workspaceRoot: ${JSON.stringify(workspace)} });`,
  );

describe('the inputs cover every file and variable that a run looks at:', () => {
  it('of validate', async () => {
    const seen = await reads('validate');
    expect(seen.paths).toContain('migrations/schema/schema.sql');
    expect(notCovered(seen, (await inputsOf('validate')).inputs ?? [])).toEqual([]);
  });

  it('of schema-docs, which compares what it has written', async () => {
    const seen = await reads('schema-docs');
    expect(seen.paths).toContain('docs/schema.md');
    expect(notCovered(seen, (await inputsOf('schema-docs')).inputs ?? [])).toEqual([]);
    const other = await reads('schema-docs', { schemaFile: 'docs/tables.md', write: true });
    expect(other.paths).toContain('docs/tables.md');
    const { inputs = [], outputs } = await inputsOf('schema-docs');
    expect(notCovered(other, inputs)).toEqual([]);
    expect(outputs).toContain('{options.schemaFile}');
  });
});

it('another version of the plugin is another input', async () => {
  for (const target of ['validate', 'schema-docs']) {
    expect((await inputsOf(target)).inputs).toContainEqual({ env: 'D1_MIGRATE_RUN' });
  }
});
