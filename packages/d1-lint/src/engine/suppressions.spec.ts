import { lintExample } from '../testing/examples.ts';

const table = 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);';
const other = 'CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);';
const config = { rules: { 'schema/no-autoincrement': 'warning' } } as const;
const rulesIn = async (text: string) => (await lintExample(text, config)).findings.map(({ rule }) => rule);

describe('a suppression', () => {
  it('silences the next statement and no other', async () => {
    const text = `-- d1-lint-disable-next-statement schema/no-autoincrement: old links\n-- and more\n${table}\n${other}`;
    const { findings, suppressed } = await lintExample(text, config);
    expect(findings.map(({ rule, start }) => [rule, start.line])).toEqual([['schema/no-autoincrement', 4]]);
    expect(suppressed).toBe(1);
  });

  it.each([
    ['before the end of a line', table.replace('name', '-- @\n  name')],
    ['before the semicolon', table.replace(';', ' -- @\n;')],
  ])('inside of a statement, %s, silences neither that nor the next one, and says so', async (_, inside) => {
    const directive = 'd1-lint-disable-next-statement schema/no-autoincrement: old links';
    const rules = await rulesIn(`${inside.replace('@', directive)}\n${other}`);
    expect([...rules].sort()).toEqual([
      'meta/unknown-directive',
      'schema/no-autoincrement',
      'schema/no-autoincrement',
    ]);
  });

  it('after the semicolon of a statement means the next one', async () => {
    const directive = '-- d1-lint-disable-next-statement schema/no-autoincrement: old links';
    const { findings } = await lintExample(`${table} ${directive}\n${other}`, config);
    expect(findings.map(({ rule, start }) => [rule, start.line])).toEqual([['schema/no-autoincrement', 1]]);
  });

  it('silences a whole file, and several rules at once', async () => {
    expect(
      await rulesIn(
        `${table}\n${other}\nVACUUM;\n/* d1-lint-disable-file schema/no-autoincrement, compat/no-vacuum: old */`,
      ),
    ).toEqual([]);
  });

  it('needs a rule that exists, a reason, and something to silence', async () => {
    expect(await rulesIn(`-- d1-lint-disable-next-statement schema/no-autoincrement\n${table}`)).toEqual([
      'meta/ignore-without-reason',
    ]);
    expect(await rulesIn(`-- d1-lint-disable-next-statement no-autoincrement: old links\n${table}`)).toEqual([
      'meta/unknown-rule-in-ignore',
      'schema/no-autoincrement',
    ]);
    expect(
      await rulesIn(`${table}\n-- d1-lint-disable-next-statement schema/no-autoincrement: last`),
    ).toEqual(['schema/no-autoincrement', 'meta/unused-ignore']);
  });

  it('has one of two forms, and any other is reported', async () => {
    for (const form of [
      '-- d1-lint-disable',
      '-- d1-lint-disable-line',
      '/* D1-Lint ignore',
      '-- d1-lint-enable',
    ]) {
      const comment = `${form} schema/no-autoincrement: old links${form.startsWith('/*') ? ' */' : ''}`;
      expect(await rulesIn(`${comment}\n${table}`)).toEqual([
        'meta/unknown-directive',
        'schema/no-autoincrement',
      ]);
    }
    expect(await rulesIn('-- d1-lint has looked at this file\nSELECT 1;')).toEqual([]);
  });

  it('of a rule that the config has switched off is not unused', async () => {
    const text = `-- d1-lint-disable-next-statement schema/no-autoincrement: old links\n${table}`;
    const { findings } = await lintExample(text, { preset: 'engine-only' });
    expect(findings.map(({ rule }) => rule)).toEqual([]);
  });

  it('is not looked for inside text', async () => {
    expect(
      await rulesIn(
        `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT '-- d1-lint-disable-file x');`,
      ),
    ).toEqual([]);
  });
});
