import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openLocalD1 } from 'd1-core/database';
import { appliedTexts, readDatabaseState } from 'd1-core/records';
import { checksums } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import { localDatabase } from 'd1-core/target';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { survey } from '../survey/index.ts';
import { meddledTarget } from '../testing/meddled-target.ts';
import { migrateIn, query, statesIn, targetIn } from '../testing/index.ts';
import { copyForWrangler } from './private-copy.ts';

const tokenize = await loadTokenizer();
const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n';
const EVIL = 'CREATE TABLE evil (id INTEGER PRIMARY KEY);\n';

async function journalled(workspace: TestWorkspace) {
  const d1 = openLocalD1(localDatabase(targetIn(workspace)));
  try {
    return appliedTexts(await readDatabaseState(d1, 'd1_migrations'));
  } finally {
    await d1.close();
  }
}

const tables = async (workspace: TestWorkspace) =>
  (await query(workspace, `SELECT name FROM sqlite_master WHERE name IN ('a', 'evil') ORDER BY name`)).map(
    ({ name }) => name,
  );

describe('what wrangler is given to apply', () => {
  it('is what was checked, whatever becomes of the folder while wrangler starts', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const target = meddledTarget(workspace, {
      before: `writeFileSync('migrations/evil.txt', ${JSON.stringify(EVIL)});
      renameSync('migrations/evil.txt', 'migrations/0001_a.sql');
      writeFileSync('migrations/0002_evil.sql', ${JSON.stringify(EVIL)});
      symlinkSync('0002_evil.sql', 'migrations/0003_link.sql');`,
    });
    const result = await migrateIn(workspace, { target });
    expect(result).toMatchObject({ outcome: 'applied', warnings: [] });
    expect(await tables(workspace)).toEqual(['a']);
    expect((await journalled(workspace)).get('0001_a.sql')).toMatchObject(
      checksums(Buffer.from(A), tokenize),
    );
    expect(await statesIn(workspace)).toMatchObject({ '0001_a.sql': 'modified', '0002_evil.sql': 'pending' });
  });

  it('is read again when wrangler has run, so that the journal has what the copy held', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const target = meddledTarget(workspace, {
      before: `const file = join(dirname(config), 'migrations', '0001_a.sql');
      chmodSync(file, 0o600);
      writeFileSync(file, ${JSON.stringify(EVIL)});`,
    });
    const result = await migrateIn(workspace, { target });
    expect(result.outcome).toBe('not-as-checked');
    expect(result.error?.message).toContain('0001_a.sql was changed while wrangler read it');
    expect(await tables(workspace)).toEqual(['evil']);
    expect((await journalled(workspace)).get('0001_a.sql')).toMatchObject(
      checksums(Buffer.from(EVIL), tokenize),
    );
  });

  it('is named in messages as in the workspace', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    workspace.write({
      'pretend.mjs': 'console.error(process.argv.slice(2).join(" ")); process.exitCode = 1;',
    });
    const target = targetIn(workspace);
    const { error } = await migrateIn(workspace, {
      target: { ...target, wrangler: { ...target.wrangler, bin: join(workspace.root, 'pretend.mjs') } },
    });
    const config = `--config=${join(workspace.root, 'wrangler.toml')}`;
    expect(error?.fix).toContain(config);
    expect(error?.notes.join('\n')).toContain(config);
  });
});

describe('the private copy', () => {
  const TOML = `
name = "test"
account_id = "top"
compliance_region = "fedramp_high"
[[env.development.d1_databases]]
binding = "DB"
database_name = "here"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
preview_database_id = "preview"
migrations_dir = "sql"
migrations_table = "done"
migrations_pattern = "sql/*/up.sql"
`;

  async function copyOf(workspace: TestWorkspace) {
    const target = targetIn(workspace);
    const d1 = openLocalD1(localDatabase(target));
    try {
      const { files } = await survey(target, d1);
      return copyForWrangler(target, files);
    } finally {
      await d1.close();
    }
  }

  it('has the names, the bytes and all that the config says of the database', async () => {
    const workspace = testWorkspace({ wranglerToml: TOML });
    workspace.write({ 'sql/0001_a/up.sql': `\uFEFF${A}`, 'sql/0002_b/up.sql': EVIL });
    const target = targetIn(workspace);
    const copy = await copyOf(workspace);
    try {
      const folder = dirname(copy.target.configFile);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(copy.target).toMatchObject({ binding: 'DB', wranglerEnv: 'development', location: 'local' });
      expect(JSON.parse(readFileSync(copy.target.configFile, 'utf8'))).toMatchObject({
        account_id: 'top',
        compliance_region: 'fedramp_high',
        env: {
          development: {
            d1_databases: [
              {
                binding: 'DB',
                database_name: 'here',
                database_id: '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0',
                preview_database_id: 'preview',
                migrations_table: 'done',
              },
            ],
          },
        },
      });
      if (target.wrangler.version.startsWith('4.33')) return;
      expect([...copy.checksums(tokenize)]).toEqual([
        ['0001_a/up.sql', checksums(Buffer.from(`\uFEFF${A}`), tokenize)],
        ['0002_b/up.sql', checksums(Buffer.from(EVIL), tokenize)],
      ]);
    } finally {
      copy.remove();
    }
  });

  it('holds the content of a file after a symbolic link, where wrangler follows one', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    workspace.write({ 'elsewhere.sql': EVIL });
    symlinkSync('../elsewhere.sql', join(workspace.root, 'migrations/0002_link.sql'));
    const copy = await copyOf(workspace);
    try {
      workspace.write({ 'elsewhere.sql': 'SELECT 1;\n' });
      const held = copy.checksums(tokenize).get('0002_link.sql');
      const follows = targetIn(workspace).wrangler.version.startsWith('4.33');
      expect(held).toEqual(follows ? checksums(Buffer.from(EVIL), tokenize) : undefined);
    } finally {
      copy.remove();
    }
  });
});
