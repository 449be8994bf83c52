import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findWrangler } from '../wrangler/index.ts';
import { folderRules, listMigrations, patternInFolder, type FolderRules } from './index.ts';

const created: string[] = [];

afterAll(() => {
  for (const folder of created) rmSync(folder, { recursive: true, force: true });
});

/**
 * A Worker's folder with these migrations; a name that ends in `/` makes a folder. The first migration fails, so that
 * wrangler stops when it has said what it is about to apply.
 */
function worker(names: readonly string[], pattern?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'd1-migrations-'));
  created.push(folder);
  for (const name of names) {
    const path = join(folder, 'migrations', name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, 'no sql;\n');
  }
  const database = {
    binding: 'DB',
    database_name: 'db',
    database_id: '11111111-1111-1111-1111-111111111111',
    migrations_dir: './migrations/',
    ...(pattern === undefined ? {} : { migrations_pattern: pattern }),
  };
  writeFileSync(
    join(folder, 'wrangler.json'),
    JSON.stringify({ name: 'odd', compatibility_date: '2025-08-01', d1_databases: [database] }),
  );
  return folder;
}

/** What `wrangler d1 migrations apply` says it is about to apply, in that order. */
function wranglerApplies(packageName: string, folder: string): readonly string[] {
  const { bin, compileCache } = findWrangler(import.meta.dirname, packageName);
  const { stdout } = spawnSync(
    process.execPath,
    [bin, 'd1', 'migrations', 'apply', 'DB', '--local', '--persist-to', join(folder, 'state')],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        CI: '1',
        NO_COLOR: '1',
        WRANGLER_SEND_METRICS: 'false',
        NODE_COMPILE_CACHE: compileCache,
      },
    },
  );
  const [, table = ''] = stdout.split('Migrations to be applied:');
  const [names = ''] = table.split('About to apply');
  return [...names.matchAll(/^│ (.+?) +│$/gm)].flatMap(([, name]) =>
    name === undefined || name === 'name' ? [] : name,
  );
}

const listed = (folder: string, rules: FolderRules, pattern?: string) =>
  listMigrations({ folder: join(folder, 'migrations'), rules, pattern }).map(({ name }) => name);

const ODD = [
  '0001_initial.sql',
  '0002_b.sql',
  '0002_a.sql',
  '0004_after_a_gap.sql',
  '0005_x.down.sql',
  '0005_x.sql',
  '9_short.sql',
  '10_longer.sql',
  '00011_five_digits.sql',
  '0012-dash.sql',
  '13.sql',
  '.0003_hidden.sql',
  '0006_upper.SQL',
  '0007_backup.sql.bak',
  'README.md',
  'rollback/0001_initial.sql',
  'archive/0000_old.sql',
];

describe('listMigrations', () => {
  it.each([
    ['wrangler-min', 'readdir'],
    ['wrangler', 'pattern'],
  ] as const)('lists an odd folder as %s applies it (%s)', (packageName, rules) => {
    const numbered = ODD.filter((name) => rules === 'pattern' || !name.startsWith('.'));
    const folder = worker([...numbered, '0008_folder.sql/']);
    symlinkSync('0001_initial.sql', join(folder, 'migrations', '0020_link.sql'));
    const applied = wranglerApplies(packageName, folder);
    expect(applied).toContain('0005_x.down.sql');
    expect(listed(folder, rules)).toEqual(applied);
  });

  it.each([
    ['wrangler-min', 'readdir'],
    ['wrangler', 'pattern'],
  ] as const)('lists unnumbered and hidden files as %s applies them (%s)', (packageName, rules) => {
    const folder = worker([
      ...ODD,
      'seed.sql',
      'init.sql',
      '-1_negative.sql',
      '0x10_hex.sql',
      '_.sql',
      '.sql',
    ]);
    const applied = wranglerApplies(packageName, folder);
    expect(applied.includes('.0003_hidden.sql')).toBe(rules === 'readdir');
    expect(listed(folder, rules)).toEqual(applied);
  });

  it.each(['**/*.sql', '*/migration.sql', '[0-9]*_{a,b,initial}.sql', '!(*.down).sql', '!*/migration.sql'])(
    'matches the pattern %s as wrangler does',
    (pattern) => {
      const folder = worker(
        [
          ...ODD,
          'plain.sql',
          '20240102_second/migration.sql',
          '20240101_first/migration.sql',
          '20240101_first/deep/1_x.sql',
          'unnumbered/migration.sql',
          '.drafts/0001_draft.sql',
          '2_b/1_a.sql',
          '2_b.sql',
        ],
        `migrations/${pattern}`,
      );
      expect(listed(folder, 'pattern', pattern)).toEqual(wranglerApplies('wrangler', folder));
    },
  );

  it('orders by name where numbers are equal, from wrangler 4.80 on', () => {
    const folder = worker([
      '0002_b.sql',
      '0002_a.sql',
      '0010_z.sql',
      '9_y.sql',
      '.1_hidden.sql',
      '0001_c.sql',
    ]);
    expect(listed(folder, 'sorted')).toEqual([
      '.1_hidden.sql',
      '0001_c.sql',
      '0002_a.sql',
      '0002_b.sql',
      '9_y.sql',
      '0010_z.sql',
    ]);
  });

  it('gives name, path and number of each file', () => {
    const folder = worker(['0001_a.sql', '7_folder/migration.sql', 'none.sql']);
    const migrations = join(folder, 'migrations');
    expect(listMigrations({ folder: migrations, rules: 'pattern', pattern: '**/*.sql' })).toEqual([
      { name: '0001_a.sql', path: join(migrations, '0001_a.sql'), number: 1 },
      { name: '7_folder/migration.sql', path: join(migrations, '7_folder', 'migration.sql'), number: 7 },
      { name: 'none.sql', path: join(migrations, 'none.sql'), number: undefined },
    ]);
  });

  it('gives nothing for an empty folder', () => {
    const folder = worker(['rollback/']);
    expect(listed(folder, 'readdir')).toEqual([]);
    expect(listed(folder, 'pattern')).toEqual([]);
  });

  it('says which folder is missing, who names it, and how to create the first migration', () => {
    const folder = join(tmpdir(), 'no-such-migrations');
    expect(() => listMigrations({ folder, rules: 'pattern', configFile: 'apps/api/wrangler.toml' })).toThrow(
      expect.objectContaining({
        code: 'no-migrations-folder',
        exitCode: 2,
        message: `There is no folder ${folder}, which apps/api/wrangler.toml names as migrations_dir.`,
        fix: expect.stringContaining('"d1-migrate migration (initial_schema)"'),
      }),
    );
    expect(() => listMigrations({ folder, rules: 'readdir' })).toThrow(`There is no folder ${folder}.`);
  });
});

describe('folderRules', () => {
  it.each([
    ['4.33.2', 'readdir'],
    ['4.79.9', 'readdir'],
    ['4.80.0', 'sorted'],
    ['4.97.1', 'sorted'],
    ['4.98.0', 'pattern'],
    ['5.0.0', 'pattern'],
  ])('of wrangler %s are "%s"', (version, rules) => {
    expect(folderRules(version)).toBe(rules);
  });
});

describe('patternInFolder', () => {
  const inFolder = (dir: string, migrationsPattern?: string) =>
    patternInFolder({
      configFile: resolve('apps/api/wrangler.toml'),
      migrationsDir: resolve('apps/api', dir),
      migrationsPattern,
    });

  it.each([
    ['migrations', 'migrations/*.sql', '*.sql'],
    ['./migrations/', './migrations/**/*.sql', '**/*.sql'],
    ['../../migrations', '../../migrations/*/migration.sql', '*/migration.sql'],
    ['db/migrations', 'db\\migrations\\*.sql', '*.sql'],
    ['.', '*.sql', '*.sql'],
  ])('takes the folder %s off %s', (folder, pattern, relative) => {
    expect(inFolder(folder, pattern)).toBe(relative);
  });

  it('is *.sql where the config has no pattern', () => {
    expect(inFolder('migrations')).toBe('*.sql');
  });

  it('refuses a pattern outside the folder, as wrangler does', () => {
    expect(() => inFolder('./migrations', 'sql/*.sql')).toThrow(
      expect.objectContaining({
        code: 'migrations-pattern',
        exitCode: 2,
        fix: 'Write migrations_pattern = "migrations/*.sql" in the wrangler config, or leave it out.',
      }),
    );
  });
});
