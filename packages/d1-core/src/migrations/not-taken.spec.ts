import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/index.ts';
import { listMigrations, notTakenFindings, requireTaken, type FolderRules } from './index.ts';

interface Config {
  readonly pattern?: string | undefined;
  readonly rules?: FolderRules;
  readonly configFile?: string;
}

const found = (
  names: readonly string[],
  { pattern, rules = 'pattern', configFile = 'wrangler.toml' }: Config = {},
) =>
  notTakenFindings(
    { folder: '/w/migrations', rules, pattern, configFile: join('/w', configFile) },
    names.map((name) => ({ name, isLink: false })),
  );

describe('notTakenFindings', () => {
  it.each([
    ['a folder in order', ['0001_a.sql', '0002_b.sql'], undefined],
    ['nothing at all', [], undefined],
    [
      'what is kept apart',
      [
        '0001_a.sql',
        'rollback/0001_a.sql',
        'archive/2024/0000_old.sql',
        'schema/schema.sql',
        'seeds/1_x.sql',
      ],
      undefined,
    ],
    ['only what is kept apart', ['archive/0001_old.sql', 'schema/schema.sql'], undefined],
    ['rollback scripts beside the files', ['0001_a.sql', '0001_a.down.sql'], '!(*.down).sql'],
    ['a file without a number beside migrations', ['0001_a.sql', 'seed.sql'], '[0-9]*.sql'],
    ['a layout that the pattern takes', ['2024_a/migration.sql', '2025_b/migration.sql'], '*/migration.sql'],
  ])('has nothing to say about %s', (_, names, pattern) => {
    expect(found(names, { pattern })).toEqual([]);
  });

  it.each([
    [
      'the layout of Drizzle and Prisma',
      ['20240101_a/migration.sql', '20240202_b/migration.sql'],
      {},
      'migrations_dir = "migrations" and migrations_pattern = "migrations/*/migration.sql"',
    ],
    [
      'years as folders',
      ['2024/0001_a.sql', '2025/0002_b.sql'],
      {},
      'migrations_dir = "migrations" and migrations_pattern = "migrations/[0-9]*/*.sql"',
    ],
    [
      'one folder beside files',
      ['0001_a.sql', 'api/0002_b.sql', 'rollback/0001_a.sql'],
      {},
      'migrations_dir = "migrations" and migrations_pattern = "migrations/{*,api/*}.sql"',
    ],
    ['one folder alone', ['api/0001_a.sql', 'api/0002_b.sql'], {}, 'migrations_dir = "migrations/api"'],
    [
      'a pattern that matches nothing',
      ['0001_a.sql', '0002_b.sql'],
      { pattern: '*/migration.sql' },
      'migrations_dir = "migrations" and migrations_pattern = "migrations/*.sql"',
    ],
    [
      'a config in JSON',
      ['2024_a/migration.sql'],
      { configFile: 'wrangler.jsonc' },
      '"migrations_dir": "migrations" and "migrations_pattern": "migrations/*/migration.sql"',
    ],
    [
      'a config elsewhere',
      ['2024_a/migration.sql'],
      { configFile: 'apps/api/wrangler.toml' },
      'migrations_dir = "../../migrations" and migrations_pattern = "../../migrations/*/migration.sql"',
    ],
  ])('says what to write for %s', (_, names, config, line) => {
    const [finding, second] = found(names, config);
    expect(second).toBeUndefined();
    expect(finding).toMatchObject({ code: 'not-taken', severity: 'error' });
    expect(finding?.fix).toContain(`: ${line}. `);
  });

  it('names a newer wrangler where the old one cannot look into folders', () => {
    const [finding] = found(['2024_a/migration.sql'], { rules: 'sorted' });
    expect(finding?.fix).toMatch(/^Install wrangler 4\.98 or newer.*migrations_pattern = /);
  });

  it('names the files, and of many the first', () => {
    const names = Array.from({ length: 7 }, (_, index) => `sub/000${index + 1}_a.sql`);
    const [finding] = found(['0000_a.sql', ...names]);
    expect(finding?.files).toEqual(names);
    expect(finding?.message).toBe(
      'wrangler does not apply 7 SQL files below the migrations folder, because it takes what matches *.sql: sub/0001_a.sql, sub/0002_a.sql, sub/0003_a.sql, sub/0004_a.sql, sub/0005_a.sql, 2 more.',
    );
  });

  it('finds a number in an extension of capitals, and says the other name', () => {
    const [finding] = found(['0001_a.sql', '0002_b.SQL']);
    expect(finding?.files).toEqual(['0002_b.SQL']);
    expect(finding?.fix).toContain('mv 0002_b.SQL 0002_b.sql');
  });

  it('finds every SQL file where wrangler takes none', () => {
    expect(found(['init.SQL'])).toHaveLength(1);
    expect(found(['sub/init.sql'])).toHaveLength(1);
  });

  it('reads the disk, where symbolic links are files that a newer wrangler does not apply', () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      'migrations/0001_a.sql': '',
      'migrations/.0002_hidden.SQL': '',
      'migrations/README.md': '',
      'shared/0003_c.sql': '',
    });
    symlinkSync('../shared/0003_c.sql', join(folder, 'migrations/0003_c.sql'));
    const options = { folder: join(folder, 'migrations'), configFile: join(folder, 'wrangler.toml') };
    expect(notTakenFindings({ ...options, rules: 'pattern' })).toEqual([
      expect.objectContaining({ files: ['0003_c.sql'], message: expect.stringContaining('symbolic link') }),
    ]);
    expect(notTakenFindings({ ...options, rules: 'sorted' })).toEqual([]);
  });

  it('proposes what the listing then takes', () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      '0001_a.sql': '',
      'b/0002_b.sql': '',
      'c/0003_c.sql': '',
      'rollback/0001_a.sql': '',
    });
    const options = { folder, rules: 'pattern', configFile: join(folder, 'wrangler.toml') } as const;
    const [finding] = notTakenFindings(options);
    const [, pattern] = /migrations_pattern = "(.*?)"/.exec(finding?.fix ?? '') ?? [];
    expect(listMigrations({ ...options, pattern }).map(({ name }) => name)).toEqual([
      '0001_a.sql',
      'b/0002_b.sql',
      'c/0003_c.sql',
    ]);
    expect(notTakenFindings({ ...options, pattern })).toEqual([]);
  });
});

describe('requireTaken', () => {
  it('throws the first of several, with the others as notes', () => {
    expect(() => requireTaken(found(['0001_a.SQL', 'sub/0002_b.sql']))).toThrow(
      expect.objectContaining({
        code: 'not-taken',
        exitCode: 1,
        notes: [expect.stringContaining('sub/0002_b.sql')],
      }),
    );
    expect(() => requireTaken(found(['0001_a.sql']))).not.toThrow();
  });
});
