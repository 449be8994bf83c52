import fc from 'fast-check';
import {
  findMigration,
  formatNumber,
  nameWithNumber,
  nextNumber,
  parseMigrationName,
  rollbackScriptPath,
  undoneMigration,
} from './index.ts';

describe('parseMigrationName', () => {
  it('takes number, digits and description apart', () => {
    expect(parseMigrationName('0005_add_photos.sql')).toEqual({
      number: 5,
      digits: '0005',
      description: 'add_photos',
    });
    expect(parseMigrationName('20240101_x.down.sql')?.description).toBe('x.down');
  });

  it.each([
    'init.sql',
    '0005.sql',
    '0005-x.sql',
    '_x.sql',
    '0005_.sql',
    '0005_x.SQL',
    '.0005_x.sql',
    'a/0005_x.sql',
  ])('does not take %s for a migration name', (name) => {
    expect(parseMigrationName(name)).toBeUndefined();
  });
});

describe('nextNumber', () => {
  it.each([
    [[], 1],
    [['0001_a.sql', '0007_b.sql', '0003_c.sql'], 8],
    [['init.sql', '.0009_hidden.sql'], 1],
    [['0000_zero.sql'], 1],
    [['9999_a.sql'], 10000],
    [['20240101_first/migration.sql'], 20240102],
  ])('after %j is %d', (names, next) => {
    expect(nextNumber(names)).toBe(next);
  });

  it('is never in use', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 })), (numbers) => {
        const names = numbers.map((number) => `${formatNumber(number)}_x.sql`);
        expect(names).not.toContain(`${formatNumber(nextNumber(names))}_x.sql`);
      }),
    );
  });
});

describe('formatNumber', () => {
  it('pads to four digits', () => {
    expect([1, 42, 9999, 10000].map((number) => formatNumber(number))).toEqual([
      '0001',
      '0042',
      '9999',
      '10000',
    ]);
  });
});

describe('nameWithNumber', () => {
  it.each([
    ['0005_add_photos.sql', '0012_add_photos.sql'],
    ['7_x.sql', '0012_x.sql'],
    ['0005-x.sql', '0012_x.sql'],
    ['init.sql', '0012_init.sql'],
    ['5.sql', '0012_migration.sql'],
    ['2024-01-13-patch.sql', '0012_2024_01_13_patch.sql'],
    ['2024_01_13_patch.sql', '0012_2024_01_13_patch.sql'],
    ['2024.01.13.sql', '0012_2024_01_13.sql'],
    ['20240113-patch.sql', '0012_patch.sql'],
    ['0003-2fa.sql', '0012_2fa.sql'],
    ['0002_10_20_x.sql', '0012_10_20_x.sql'],
    ['2fa.sql', '0012_2fa.sql'],
    ['-1_negative.sql', '0012_negative.sql'],
  ])('makes %s number 12: %s', (name, renamed) => {
    expect(nameWithNumber(name, 12)).toBe(renamed);
  });
});

describe('findMigration', () => {
  const names = ['0001_a.sql', '2-b.sql', '0003_c.sql', '3_d.sql', '2024-01-13-e.sql', 'f.sql'];
  const find = (wanted: string) => findMigration(names, (name) => name, wanted, '--to=');

  it.each([
    ['0001_a.sql', '0001_a.sql'],
    ['0001_a', '0001_a.sql'],
    ['1', '0001_a.sql'],
    ['0002', '2-b.sql'],
    ['3', '3_d.sql'],
    ['f', 'f.sql'],
  ])('finds what is called %s, the last of several', (wanted, name) => {
    expect(find(wanted)).toBe(name);
  });

  it.each([
    ['0001_aa', 'Did you mean --to=0001_a?'],
    ['2024', 'Give the number or the name of a file.'],
    ['nothing_like_it', 'Give the number or the name of a file.'],
  ])('finds no %s', (wanted, fix) => {
    expect(() => find(wanted)).toThrow(expect.objectContaining({ code: 'unknown-migration', fix }));
  });
});

describe('undoneMigration', () => {
  it('knows the names that other tools give to their way back', () => {
    const undone = (name: string) => undoneMigration(name, ['0001_x.sql', '0001-y.sql']);
    expect(
      ['0001_x.down.sql', '0001_x.rollback.sql', '0001_x.DOWN.sql', '0001_x_down.sql'].map(undone),
    ).toEqual(Array.from({ length: 4 }, () => '0001_x.sql'));
    expect(undone('0001-y-revert.sql')).toBe('0001-y.sql');
    expect(['0001_x.sql', '0002_scale_down.sql', '0003_rollback.sql'].map(undone)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('rollbackScriptPath', () => {
  it('is the same name in the folder rollback', () => {
    expect(rollbackScriptPath({ name: '0001_a.sql', path: 'db/migrations/0001_a.sql', number: 1 })).toBe(
      'db/migrations/rollback/0001_a.sql',
    );
  });

  it('keeps the sub-folder of a name that has one', () => {
    expect(rollbackScriptPath({ name: '1_a/migration.sql', path: 'm/1_a/migration.sql', number: 1 })).toBe(
      'm/rollback/1_a/migration.sql',
    );
  });
});
