import fc from 'fast-check';
import { folderFindings, orderMigrations } from 'd1-core/migrations';
import { planRenumbering } from './index.ts';

const plan = (names: readonly string[], applied: readonly string[] = []) =>
  planRenumbering(orderMigrations('migrations', names), new Set(applied));

const renames = (names: readonly string[], applied?: readonly string[]) =>
  plan(names, applied).renames.map(({ from, to }) => `${from} -> ${to}`);

describe('planRenumbering', () => {
  it('changes nothing in a folder in order', () => {
    expect(plan(['0001_a.sql', '0002_b.sql', '0003_c.sql'], ['0001_a.sql'])).toEqual({
      renames: [],
      kept: [],
    });
    expect(plan([])).toEqual({ renames: [], kept: [] });
  });

  it('gives the second of two files with one number the next one, and moves what follows', () => {
    expect(renames(['0001_a.sql', '0002_mine.sql', '0002_theirs.sql', '0003_c.sql'], ['0001_a.sql'])).toEqual(
      ['0002_theirs.sql -> 0003_theirs.sql', '0003_c.sql -> 0004_c.sql'],
    );
  });

  it('never renames the applied one of two, whatever its place', () => {
    expect(
      renames(['0001_a.sql', '0002_mine.sql', '0002_theirs.sql'], ['0001_a.sql', '0002_theirs.sql']),
    ).toEqual(['0002_mine.sql -> 0003_mine.sql']);
  });

  it('closes a gap before a file that is pending', () => {
    expect(renames(['0001_a.sql', '0004_b.sql', '0009_c.sql'], ['0001_a.sql'])).toEqual([
      '0004_b.sql -> 0002_b.sql',
      '0009_c.sql -> 0003_c.sql',
    ]);
  });

  it('puts a pending file with a low number after what is applied', () => {
    expect(renames(['0001_a.sql', '0002_late.sql', '0003_c.sql'], ['0001_a.sql', '0003_c.sql'])).toEqual([
      '0002_late.sql -> 0004_late.sql',
    ]);
  });

  it('explains two applied files with one number, and leaves them', () => {
    const { renames, kept } = plan(['0001_a.sql', '0001_b.sql', '0002_c.sql'], ['0001_a.sql', '0001_b.sql']);
    expect(renames).toEqual([]);
    expect(kept).toEqual([
      { files: ['0001_a.sql', '0001_b.sql'], reason: expect.stringContaining('would apply them again') },
    ]);
  });

  it('explains a gap between applied files, and leaves it', () => {
    const { renames, kept } = plan(['0001_a.sql', '0003_b.sql'], ['0001_a.sql', '0003_b.sql']);
    expect(renames).toEqual([]);
    expect(kept).toEqual([
      { files: ['0001_a.sql', '0003_b.sql'], reason: expect.stringContaining('the gap stays') },
    ]);
  });

  it('begins a folder of which nothing is applied where it begins today', () => {
    expect(renames(['0005_a.sql', '0005_b.sql'])).toEqual(['0005_b.sql -> 0006_b.sql']);
    expect(renames(['init.sql', 'next.sql'])).toEqual([
      'init.sql -> 0001_init.sql',
      'next.sql -> 0002_next.sql',
    ]);
  });

  it('gives files that begin with a date numbers from 1, and keeps their dates', () => {
    expect(renames(['2024-01-13-patch.sql', '2024-02-01-users.sql', '2025_03_04_orders.sql'])).toEqual([
      '2024-01-13-patch.sql -> 0001_2024_01_13_patch.sql',
      '2024-02-01-users.sql -> 0002_2024_02_01_users.sql',
      '2025_03_04_orders.sql -> 0003_2025_03_04_orders.sql',
    ]);
    expect(renames(['2024-01-13-patch.sql', '2024-02-01-users.sql'], ['2024-01-13-patch.sql'])).toEqual([
      '2024-02-01-users.sql -> 2025_2024_02_01_users.sql',
    ]);
  });

  it('gives short, long and missing numbers four digits', () => {
    expect(renames(['0001_a.sql', '2_b.sql', '00003_c.sql', '0004-d.sql', 'e.sql'])).toEqual([
      '2_b.sql -> 0002_b.sql',
      '00003_c.sql -> 0003_c.sql',
      '0004-d.sql -> 0004_d.sql',
      'e.sql -> 0005_e.sql',
    ]);
  });

  it('leaves rollback scripts, hidden files and folders of other tools, and says why', () => {
    const { renames, kept } = plan(['0001_a.sql', '0001_a.down.sql', '.0001_x.sql', '7_x/migration.sql']);
    expect(renames).toEqual([]);
    expect(
      kept
        .map(({ files }) => files)
        .flat()
        .toSorted(),
    ).toEqual(['.0001_x.sql', '0001_a.down.sql', '7_x/migration.sql']);
  });

  it('takes no name that some history holds already', () => {
    expect(renames(['0001_a.sql', '0003_b.sql'], ['0001_a.sql', '0002_b.sql'])).toEqual([]);
  });

  it('leaves no duplicate, no gap and no change of order among what is pending, and every applied file alone', () => {
    const name = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('a', 'b', 'c', 'd'))
      .map(([number, description]) => `${String(number).padStart(4, '0')}_${description}.sql`);
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (names, applied) => {
        const files = orderMigrations('migrations', names);
        const { renames } = planRenumbering(files, new Set(applied));
        expect(renames.filter(({ from, to }) => applied.includes(from) || applied.includes(to))).toEqual([]);
        const target = new Map(renames.map(({ from, to }) => [from, to]));
        const after = files.map((file) => target.get(file.name) ?? file.name);
        expect(new Set(after).size).toBe(names.length);
        const pending = files.flatMap((file) =>
          applied.includes(file.name) ? [] : [target.get(file.name) ?? file.name],
        );
        expect(pending.toSorted()).toEqual(pending);
        const codes = folderFindings(orderMigrations('migrations', pending)).map(({ code }) => code);
        expect(codes).not.toContain('duplicate-number');
        expect(planRenumbering(orderMigrations('migrations', after), new Set(applied)).renames).toEqual([]);
      }),
    );
  });
});
