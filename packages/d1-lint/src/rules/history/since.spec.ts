import { lintExample } from '../../testing/examples.ts';

const since = (base: readonly string[], changed: readonly string[]) => ({ base, changed });

/** Files that select nothing, linted with what git says of them. */
async function find(names: readonly string[], changes: ReturnType<typeof since> | undefined) {
  const files = Object.fromEntries(names.map((name) => [name, 'SELECT 1;']));
  const config = { rules: { 'history/gap': 'off' } } as const;
  return (await lintExample(files, config, changes)).findings;
}

describe('history/out-of-order', () => {
  it('numbers several misplaced files one after the other, in their order', async () => {
    const findings = await find(
      ['0001_a.sql', '0002_b.sql', '0003_c.sql', '0004_d.sql', '0005_e.sql'],
      since(['0001_a.sql', '0004_d.sql'], ['0002_b.sql', '0003_c.sql', '0005_e.sql']),
    );
    expect(findings.map(({ file, help }) => [file, help])).toEqual([
      ['migrations/0002_b.sql', 'Rename it to 0006_b.sql.'],
      ['migrations/0003_c.sql', 'Rename it to 0007_c.sql.'],
    ]);
  });

  it('says nothing without a git ref, and of a ref without migrations', async () => {
    expect(await find(['0001_a.sql', '0002_b.sql'], undefined)).toEqual([]);
    expect(await find(['0001_a.sql', '0002_b.sql'], since([], ['0001_a.sql', '0002_b.sql']))).toEqual([]);
  });
});

describe('history/modified-applied', () => {
  it('reports a file that the ref has, and none that is new', async () => {
    const findings = await find(
      ['0001_a.sql', '0002_b.sql'],
      since(['0001_a.sql'], ['0001_a.sql', '0002_b.sql']),
    );
    expect(findings.map(({ rule, file }) => [rule, file])).toEqual([
      ['history/modified-applied', 'migrations/0001_a.sql'],
    ]);
  });
});
