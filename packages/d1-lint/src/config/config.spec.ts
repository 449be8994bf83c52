import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintExample, ruleIds } from '../testing/examples.ts';
import { allRules } from '../rules/index.ts';
import { isAfter } from 'd1-core/migrations';
import { activeRules, checkConfig, configSchema, findConfig, loadConfig } from './index.ts';
import { PRESETS, RULE_SETTINGS } from '../words.ts';

const check = (value: unknown) => checkConfig(value, 'd1-lint.config.json', ruleIds);

describe('a config', () => {
  it('chooses a preset, and severities go before it', async () => {
    const example = 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);';
    const severities = async (config: object) =>
      (await lintExample(example, check(config))).findings.map(({ rule, severity }) => `${rule} ${severity}`);
    expect(await severities({})).toEqual([]);
    expect(await severities({ preset: 'strict' })).toEqual([
      'schema/prefer-strict info',
      'schema/no-autoincrement warning',
    ]);
    expect(await severities({ preset: 'engine-only' })).toEqual([]);
    expect(await severities({ rules: { 'schema/no-autoincrement': 'error' } })).toEqual([
      'schema/no-autoincrement error',
    ]);
    expect(await severities({ rules: { 'schema/no-autoincrement': 'off' } })).toEqual([]);
  });

  it('sets the severity of a group, which a rule of it may override', async () => {
    const example = { '0001_a.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY);', '0003_b.sql': 'VACUUM;' };
    const found = async (rules: object) =>
      (await lintExample(example, check({ rules }))).findings.map(
        ({ rule, severity }) => `${rule} ${severity}`,
      );
    expect(await found({ 'compat/*': 'off' })).toEqual(['history/gap warning']);
    expect(await found({ 'compat/*': 'off', 'history/*': 'error' })).toEqual(['history/gap error']);
    expect(await found({ 'compat/*': 'off', 'history/*': 'off', 'history/gap': 'info' })).toEqual([
      'history/gap info',
    ]);
  });

  it('that names a rule or an option of before says what has become of it', () => {
    expect(() => check({ rules: { 'schema/wide-index': 'off' } })).toThrow(
      'The rule "schema/wide-index" is gone',
    );
    expect(() => check({ baseline: 'known.json' })).toThrow('is now called "accepted"');
  });

  it('has only what D1 refuses in the preset engine-only, beside the rules about linting', () => {
    const kinds = activeRules(allRules, { preset: 'engine-only' })
      .filter(({ rule }) => !rule.id.startsWith('meta/'))
      .map(({ rule }) => rule.kind);
    expect(new Set(kinds)).toEqual(new Set(['engine']));
    expect(activeRules(allRules, { preset: 'strict' })).toHaveLength(allRules.length);
  });

  it.each([
    [
      { rules: { 'data/drop-tabel': 'off' } },
      'There is no rule "data/drop-tabel".',
      'Did you mean "data/drop-table"?',
    ],
    [
      { rules: { 'drop-table': 'off' } },
      'There is no rule "drop-table".',
      'Did you mean "data/drop-table"? Run "d1-lint rules"',
    ],
    [{ rules: { 'schema/drop-tabel': 'off' } }, 'There is no rule "schema/drop-tabel".', '"data/drop-table"'],
    [{ rules: { 'style/tabs': 'off' } }, 'There is no rule "style/tabs".', 'Run "d1-lint rules"'],
    [
      { colour: 'red' },
      'There is no option "colour".',
      'Known: $schema, preset, rules, startAfter, accepted.',
    ],
    [{ rules: { 'data/drop-table': 'warn' } }, '"data/drop-table" is "warn".', 'error, warning, info, off'],
    [{ presett: 'strict' }, 'There is no option "presett".', 'Did you mean "preset"?'],
    [{ preset: 'recomended' }, '"preset" is "recomended".', 'Did you mean "recommended"?'],
    [{ startAfter: 42 }, '"startAfter" is 42.', 'Write a text'],
    [[], 'The config is not an object.', '"preset"'],
  ])('is refused when it is %j', (value, message, fix) => {
    expect(() => check(value)).toThrow(
      expect.objectContaining({ message, fix: expect.stringContaining(fix), exitCode: 2 }),
    );
  });

  it('may name the schema that editors use', () => {
    const value = { $schema: './node_modules/d1-lint/config.schema.json', preset: 'strict' };
    expect(check(value)).toMatchObject(value);
  });
});

describe('config.schema.json', () => {
  it('knows the options and settings that a config may have', () => {
    const options = {
      $schema: 'x',
      preset: PRESETS[0],
      rules: Object.fromEntries(ruleIds.map((id) => [id, RULE_SETTINGS[0]])),
      startAfter: '1',
      accepted: 'b.json',
    };
    expect(check(options)).toEqual(options);
    expect(configSchema(allRules)).toMatchObject({
      properties: {
        ...Object.fromEntries(Object.keys(options).map((option) => [option, {}])),
        preset: { enum: PRESETS },
        rules: {
          properties: Object.fromEntries(ruleIds.map((id) => [id, { enum: RULE_SETTINGS }])),
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    });
  });
});

describe('a config file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'd1-lint-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is the nearest one, up to the root', async () => {
    await mkdir(join(folder, 'apps/api'), { recursive: true });
    await writeFile(join(folder, 'd1-lint.config.json'), '{}');
    expect(findConfig(join(folder, 'apps/api'), folder)).toBe(join(folder, 'd1-lint.config.json'));
    await writeFile(join(folder, 'apps/api/d1-lint.config.ts'), 'export default {};');
    expect(findConfig(join(folder, 'apps/api'), folder)).toBe(join(folder, 'apps/api/d1-lint.config.ts'));
    expect(findConfig(join(folder, 'apps'), join(folder, 'apps'))).toBeUndefined();
  });

  it('may be JSON with comments, and TypeScript', async () => {
    await writeFile(join(folder, 'a.json'), '// ours\n{ "preset": "strict", }');
    await writeFile(join(folder, 'b.ts'), "export default { preset: 'strict' satisfies string };");
    expect((await loadConfig(join(folder, 'a.json'), ruleIds)).config.preset).toBe('strict');
    expect((await loadConfig(join(folder, 'b.ts'), ruleIds)).config.preset).toBe('strict');
  });

  it('is an error with its line when it is broken, and when it is not there', async () => {
    await writeFile(join(folder, 'a.json'), '{\n  "preset": strict\n}');
    await expect(loadConfig(join(folder, 'a.json'), ruleIds)).rejects.toMatchObject({
      code: 'invalid-lint-config',
      location: { line: 2 },
    });
    await expect(loadConfig(join(folder, 'none.json'), ruleIds)).rejects.toMatchObject({
      code: 'no-lint-config',
    });
  });

  it('in TypeScript says what is wrong with it, not what could be', async () => {
    await writeFile(join(folder, 'none.ts'), 'export const preset = 1;');
    await writeFile(join(folder, 'broken.ts'), "throw new Error('no such thing');");
    await expect(loadConfig(join(folder, 'none.ts'), ruleIds)).rejects.toMatchObject({
      message: expect.stringContaining('no default export'),
    });
    await expect(loadConfig(join(folder, 'broken.ts'), ruleIds)).rejects.toMatchObject({
      message: expect.stringContaining('no such thing'),
      fix: 'Correct it.',
    });
  });
});

describe('startAfter', () => {
  const files = ['0009_a.sql', '0010_b.sql', '0011_c.sql'].map((name) => ({
    name,
    number: Number.parseInt(name, 10),
  }));
  const reported = (startAfter: string | undefined) =>
    files.filter(isAfter(startAfter, files)).map(({ number }) => number);

  it('is a number, a name, or nothing', () => {
    expect(reported(undefined)).toEqual([9, 10, 11]);
    expect(reported('10')).toEqual([11]);
    expect(reported('0010')).toEqual([11]);
    expect(reported('0009_a')).toEqual([10, 11]);
    expect(reported('0011_c.sql')).toEqual([]);
  });

  it('must name a migration that is there', () => {
    expect(() => reported('0010_c.sql')).toThrow(expect.objectContaining({ code: 'unknown-start-after' }));
  });
});
