import { folderFindings, type MigrationFile } from './index.ts';

const file = (name: string): MigrationFile => {
  const number = Number.parseInt(name, 10);
  return { name, path: `migrations/${name}`, number: Number.isNaN(number) ? undefined : number };
};

const found = (...names: string[]) =>
  folderFindings(names.map(file)).map(({ code, severity, files }) => [code, severity, ...files]);

describe('folderFindings', () => {
  it('has nothing to say about a folder in order', () => {
    expect(found('0001_initial.sql', '0002_add_photos.sql', '0003_scale_down.sql')).toEqual([]);
    expect(found()).toEqual([]);
  });

  it('lets a folder begin with any number, as after an archive of the first ones', () => {
    expect(found('0005_baseline.sql', '0006_x.sql')).toEqual([]);
  });

  it('reports each group of equal numbers once, with all its files', () => {
    expect(found('0001_a.sql', '0002_a.sql', '0002_b.sql', '0002_c.sql', '0003_a.sql', '0003_b.sql')).toEqual(
      [
        ['duplicate-number', 'error', '0002_a.sql', '0002_b.sql', '0002_c.sql'],
        ['duplicate-number', 'error', '0003_a.sql', '0003_b.sql'],
      ],
    );
  });

  it('reports a gap with the numbers that are missing', () => {
    const [one, several] = folderFindings(['0001_a.sql', '0003_b.sql', '0007_c.sql'].map(file));
    expect(one).toMatchObject({
      code: 'number-gap',
      severity: 'warning',
      files: ['0001_a.sql', '0003_b.sql'],
    });
    expect(one?.message).toBe('There is no migration 0002, between 0001_a.sql and 0003_b.sql.');
    expect(several?.message).toBe('There is no migration 0004 to 0006, between 0003_b.sql and 0007_c.sql.');
  });

  it('names missing numbers as the folder writes them', () => {
    const [finding] = folderFindings(['008_a.sql', '010_b.sql'].map(file)).filter(
      ({ code }) => code === 'number-gap',
    );
    expect(finding?.message).toBe('There is no migration 009, between 008_a.sql and 010_b.sql.');
  });

  it('sees no gap between time stamps', () => {
    expect(found('20240101_a.sql', '20240301_b.sql').map(([code]) => code)).toEqual([
      'number-width',
      'number-width',
    ]);
  });

  it('reports a file without a number', () => {
    expect(found('0001_a.sql', 'seed.sql')).toEqual([['unnumbered', 'error', 'seed.sql']]);
  });

  it.each([
    ['9_short.sql', '0009_short.sql'],
    ['00012_long.sql', '0012_long.sql'],
    ['0013-dash.sql', '0013_dash.sql'],
    ['14.sql', '0014_migration.sql'],
  ])('reports that %s has not four digits and an underscore, and proposes %s', (name, proposed) => {
    const [finding] = folderFindings([file(name)]);
    expect(finding).toMatchObject({ code: 'number-width', severity: 'warning', files: [name] });
    expect(finding?.fix).toContain(`rename it to ${proposed}.`);
  });

  it('proposes no year as the number of a file that begins with a date', () => {
    const [finding] = folderFindings([file('2024-01-13-patch.sql')]);
    expect(finding).toMatchObject({
      code: 'number-width',
      fix: expect.stringContaining('"d1-migrate renumber"'),
    });
  });

  it.each(['0001_a.down.sql', '0001_a_rollback.sql'])(
    'reports that wrangler would apply the rollback script %s, and where it belongs',
    (name) => {
      const findings = folderFindings(['0001_a.sql', name].map(file));
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ code: 'rollback-as-migration', severity: 'error', files: [name] });
      expect(findings[0]?.fix).toContain('rollback/0001_a.sql');
    },
  );

  it('takes a migration for one that only ends like a rollback script', () => {
    expect(found('0001_a.sql', '0002_keep_rollback.sql')).toEqual([]);
  });

  it('reports a pattern that reaches into the folder of the rollback scripts', () => {
    const [finding] = folderFindings([
      { name: 'rollback/0001_a.sql', path: 'm/rollback/0001_a.sql', number: undefined },
    ]);
    expect(finding?.fix).toContain('migrations_pattern');
  });

  it('reports hidden files, which only an old wrangler applies', () => {
    expect(found('.0001_a.sql')).toContainEqual(['hidden-file', 'error', '.0001_a.sql']);
  });

  it('reports quotes as errors and spaces as warnings', () => {
    expect(found("0001_it's.sql", '0002_a b.sql')).toEqual([
      ['name-with-quote', 'error', "0001_it's.sql"],
      ['name-with-space', 'warning', '0002_a b.sql'],
    ]);
  });

  it('reports names that differ only by case', () => {
    expect(found('0001_a.sql', '0001_A.sql')).toContainEqual([
      'name-differs-by-case',
      'error',
      '0001_a.sql',
      '0001_A.sql',
    ]);
  });

  it('says in every finding what to do', () => {
    const all = folderFindings(
      [
        '.x.sql',
        'y.sql',
        '1_z.sql',
        '0001_z.sql',
        '0001_Z.sql',
        "0005_'.sql",
        '0006_ .sql',
        '0007_a.down.sql',
      ].map(file),
    );
    expect(new Set(all.map(({ code }) => code)).size).toBe(9);
    for (const { message, fix } of all)
      expect([message, fix]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
  });
});
