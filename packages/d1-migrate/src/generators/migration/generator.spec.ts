import type { Tree } from '@nx/devkit';
import { openShadowD1, type D1, type Row } from 'd1-core/database';
import { fileFindings, folderFindings } from 'd1-core/migrations';
import { loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import { testWrangler } from 'd1-core/testing';
import { TEMPLATES, type Template } from '../../migration-template/index.ts';
import { addWorker, placeIn, workerTree, WRANGLER_TOML } from '../../testing/worker-tree.ts';
import { writeRollbackScript } from '../shared/new-migration.ts';
import { migration as migrationGenerator } from '../../factories.ts';
import type { NewMigration } from './create-migration.ts';

type Given = Partial<NewMigration> & Pick<NewMigration, 'name'>;

const tokenize = await loadTokenizer();

/** Runs the generator, and returns the path and the text of the file that it made. */
async function generate(options: Given, tree: Tree = workerTree()) {
  const before = new Set(tree.listChanges().map(({ path }) => path));
  await migrationGenerator(tree, options);
  const made = tree.listChanges().filter(({ path }) => !before.has(path));
  expect(made).toHaveLength(1);
  const [{ path = '', content = null } = {}] = made;
  return { path, text: content?.toString() ?? '' };
}

describe('the generator migration', () => {
  it('creates the next number with a header, in the folder of the wrangler config', async () => {
    const tree = workerTree();
    tree.write('migrations/0001_initial.sql', '');
    tree.write('migrations/0007_last.sql', '');
    tree.write('migrations/rollback/0009_last.sql', '');
    const { path, text } = await generate({ name: 'Add feature-table' }, tree);
    expect(path).toBe('migrations/0008_add_feature_table.sql');
    expect(text).toMatch(
      /^-- Migration: Add feature table\n-- Generated: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n-- Environment: Compatible with Cloudflare D1\n/,
    );
    expect(text).toContain('CREATE TABLE feature (');
  });

  it('creates the first migration where there is no folder yet', async () => {
    expect((await generate({ name: 'clean up' })).path).toBe('migrations/0001_clean_up.sql');
  });

  it.each([
    ['add_photos_table', 'CREATE TABLE photos ('],
    ['create_photos', 'CREATE TABLE photos ('],
    ['add_taken_at_to_photos', 'ALTER TABLE photos ADD COLUMN taken_at TEXT;'],
    ['rename_name_to_title_in_photos', 'ALTER TABLE photos RENAME COLUMN name TO title;'],
    ['add_taken_at_index_to_photos', 'CREATE INDEX idx_photos_taken_at ON photos (taken_at);'],
    ['add_unique_slug_index_to_photos', 'CREATE UNIQUE INDEX idx_photos_slug_unique ON photos (slug);'],
    ['add_photos_search', 'CREATE VIRTUAL TABLE photos_fts USING fts5('],
    ['add_photos_trigger', 'CREATE TRIGGER trg_photos_updated_at\n'],
    ['seed_roles', 'INSERT INTO roles (id, name) VALUES'],
  ])('reads from the name %s what is meant', async (name, sql) => {
    expect((await generate({ name })).text).toContain(sql);
  });

  it('lets options win over what the name says', async () => {
    const options = { name: 'add_photos_table', template: 'add-column', table: 'artworks' } as const;
    const { text } = await generate({ ...options, columns: ['width:integer', 'note'], type: 'REAL' });
    expect(text).toContain(
      'ALTER TABLE artworks ADD COLUMN width INTEGER;\nALTER TABLE artworks ADD COLUMN note REAL;',
    );
  });

  it('quotes what SQL would not take as a name', async () => {
    const options = { name: 'x', template: 'add-index', table: 'order', columns: ['group', 'a b'] } as const;
    const { text } = await generate({ ...options, columns: [...options.columns] });
    expect(text).toContain('CREATE INDEX idx_order_group_a_b ON "order" ("group", "a b");');
  });

  it('writes a table with the columns that are given', async () => {
    const { text } = await generate({ name: 'create_photos', columns: ['title', 'size:INTEGER'] });
    expect(text).toContain('    title TEXT NOT NULL,\n    size INTEGER NOT NULL,\n    created_at');
    expect(text).not.toContain('status');
  });

  it.each(['', '../evil', 'a/b', 'x;y', '0005_add_x', 'ümlaut', 'x.down', "it's", '-'])(
    'refuses the name %j, and says what a name looks like',
    async (name) => {
      await expect(generate({ name })).rejects.toThrow('nx g d1-migrate:migration add_photos_table');
    },
  );

  it.each([
    [{ name: 'x', template: 'create-table' }, '--table='],
    [{ name: 'add_index_to_photos' }, '--columns=title, or --template=blank'],
    [{ name: 'x', template: 'rename-column', table: 't', columns: ['a'] }, '--newName='],
    [{ name: 'x', template: 'create-table', table: '_cf_x' }, '_cf_ or sqlite_ is reserved'],
    [{ name: 'add_a_to_b', columns: ['a:VARCHAR'] }, 'TEXT, INTEGER'],
    [{ name: 'x', project: 'apy' }, '--project=api'],
    [{ name: 'x', database: 'DBB' }, '--database=DB'],
  ] satisfies [Given, string][])('refuses %j with the way out', async (options, fix) => {
    await expect(generate(options)).rejects.toThrow(fix);
  });

  it('asks for the project when several have a database', async () => {
    const tree = workerTree();
    addWorker(tree, 'shop', WRANGLER_TOML.replaceAll('../../migrations', 'sql'));
    await expect(migrationGenerator(tree, { name: 'x' })).rejects.toThrow('--project=api or --project=shop');
    expect((await generate({ name: 'x', project: 'shop' }, tree)).path).toBe('apps/shop/sql/0001_x.sql');
  });

  it('asks for the binding when a Worker has several databases', async () => {
    const second = WRANGLER_TOML.replaceAll('"DB"', '"LOG"')
      .replaceAll('../../migrations', 'log')
      .replace(/^\n.*\n/, '');
    const tree = workerTree(WRANGLER_TOML + second);
    await expect(migrationGenerator(tree, { name: 'x' })).rejects.toThrow('--database=DB or --database=LOG');
    expect((await generate({ name: 'x', database: 'LOG' }, tree)).path).toBe('apps/api/log/0001_x.sql');
  });

  it('says what is missing in a workspace without a Worker', async () => {
    const tree = workerTree('name = "api"');
    await expect(migrationGenerator(tree, { name: 'x' })).rejects.toThrow('wrangler d1 create');
    await expect(migrationGenerator(tree, { name: 'x', project: 'api' })).rejects.toThrow(
      'The project api has no',
    );
  });

  it('refuses a pattern under which wrangler would never apply the new file', async () => {
    const pattern =
      'migrations_dir = "../../migrations"\nmigrations_pattern = "../../migrations/*/migration.sql"';
    const tree = workerTree(WRANGLER_TOML.replaceAll('migrations_dir = "../../migrations"', pattern));
    await expect(migrationGenerator(tree, { name: 'x' })).rejects.toThrow('would never apply 0001_x.sql');
  });

  it('refuses a folder outside the workspace', async () => {
    const tree = workerTree(WRANGLER_TOML.replaceAll('../../migrations', '../../../elsewhere'));
    await expect(migrationGenerator(tree, { name: 'x' })).rejects.toThrow('outside the workspace');
  });
});

describe('the templates, applied to D1', () => {
  let d1: D1;
  beforeAll(async () => {
    d1 = openShadowD1(testWrangler());
    await d1.batch([
      'CREATE TABLE photos (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, slug TEXT, updated_at TEXT)',
      "INSERT INTO photos (id, name, slug) VALUES ('1', 'Old mill', 'mill'), ('2', 'Bridge', 'bridge')",
    ]);
  });
  afterAll(() => d1.close());

  const apply = (text: string) =>
    d1.batch(splitStatements(tokenize(text)).map((statement) => statementText(text, statement)));

  const query = async (sql: string): Promise<readonly Row[]> => (await d1.batch([sql]))[0] ?? [];

  const requests = {
    blank: { name: 'later' },
    'create-table': { name: 'add_artists_table' },
    'add-column': { name: 'add_note_to_photos' },
    'add-index': { name: 'add_name_index_to_photos' },
    'add-unique-index': { name: 'add_unique_slug_index_to_photos' },
    'create-view': { name: 'add_named_photos_view', table: 'photos', columns: ['id', 'name'] },
    'create-trigger': { name: 'add_photos_trigger' },
    'full-text-search': { name: 'add_photos_search' },
    'reference-data': { name: 'seed_photos' },
    'rename-column': { name: 'rename_slug_to_handle_in_photos' },
  } satisfies Record<Exclude<Template, 'rebuild-table'>, Given>;
  const templates = TEMPLATES.filter((template) => template !== 'rebuild-table');

  it.each(templates.map((template) => [template]))(
    '%s applies as it stands and has no findings',
    async (template) => {
      const { path, text } = await generate({ ...requests[template], template });
      await apply(text);
      const name = path.replace('migrations/', '');
      const findings = fileFindings({ name, path, bytes: Buffer.from(text) }, tokenize);
      expect(findings.map(({ code }) => code)).toEqual(template === 'blank' ? ['no-statements'] : []);
      expect(folderFindings([{ name, path, number: 1 }])).toEqual([]);
      expect(text).not.toMatch(/PRAGMA|AUTOINCREMENT|WITHOUT ROWID|TEMP/i);
      expect(text.endsWith('\n')).toBe(true);
    },
  );

  it('keep a search table up to date', async () => {
    const search = async (word: string) =>
      (await query(`SELECT id FROM photos_fts WHERE photos_fts MATCH '${word}' ORDER BY rank`)).map(
        ({ id }) => id,
      );
    expect(await search('mill')).toEqual(['1']);
    await query("INSERT INTO photos (id, name) VALUES ('3', 'Water mill')");
    expect((await search('mill')).toSorted()).toEqual(['1', '3']);
    await query("UPDATE photos SET name = 'Harbour' WHERE id = '1'");
    expect(await search('mill')).toEqual(['3']);
    expect(await search('harbour')).toEqual(['1']);
    await query("DELETE FROM photos WHERE id = '3'");
    expect(await search('mill')).toEqual([]);
  });

  it('note the time of a change, unless the change says it', async () => {
    await query("UPDATE photos SET name = 'Bridges' WHERE id = '2'");
    expect(await query("SELECT updated_at IS NOT NULL AS noted FROM photos WHERE id = '2'")).toEqual([
      { noted: 1 },
    ]);
    await query("UPDATE photos SET updated_at = '2000-01-01' WHERE id = '2'");
    expect(await query("SELECT updated_at FROM photos WHERE id = '2'")).toEqual([
      { updated_at: '2000-01-01' },
    ]);
  });

  it.each(templates.filter((template) => template !== 'blank').map((template) => [template]))(
    '%s comes with a rollback script that brings everything back',
    async (template) => {
      const tree = workerTree();
      tree.write(
        'migrations/0001_photos.sql',
        'CREATE TABLE photos (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, slug TEXT, updated_at TEXT);\n',
      );
      const { path } = await generate({ ...requests[template], template, rollback: false }, tree);
      const fileName = path.replace('migrations/', '');
      const made = await writeRollbackScript(placeIn(tree), fileName, testWrangler);
      expect(made).toMatchObject({ outcome: 'proved', class: 'exact' });
      expect(tree.read(`migrations/rollback/${fileName}`, 'utf8')).toContain('-- d1-migrate: class exact');
    },
  );

  it('leaves the script away, with the reason, where the migration does not run yet', async () => {
    const tree = workerTree();
    const { path } = await generate({ name: 'add_note_to_photos', rollback: false }, tree);
    const fileName = path.replace('migrations/', '');
    const made = await writeRollbackScript(placeIn(tree), fileName, testWrangler);
    expect(made).toMatchObject({ outcome: 'not-proved', reason: expect.stringContaining('no such table') });
    expect(tree.exists(`migrations/rollback/${fileName}`)).toBe(false);
  });
});
