import { defineRule, type Rule } from '../engine/rule.ts';
import { allRules } from '../rules/index.ts';
import { rulePage, terminal } from './index.ts';
import { fixingOf } from './rule-page.ts';

const page = async (rule: Rule): Promise<string> => terminal(await rulePage(rule)).join('\n');

const example = defineRule({
  id: 'dml/example',
  severity: 'warning',
  kind: 'policy',
  preset: 'strict',
  summary: 'An example.',
  why: 'For the test.',
  bad: [{ '0001_a.sql': 'SELECT 1;', '0002_b.sql': `SELECT '${'x'.repeat(500)}\0';` }],
  good: ['SELECT 2;'],
  check({ statements, report }) {
    for (const { start, end } of statements) {
      report({
        at: { start, end },
        message: 'It is one.',
        help: 'Write two.',
        fix: { title: 'Write two', edits: [{ start, end, text: 'SELECT 2' }], safe: true },
      });
    }
  },
});

describe('the page of a rule', () => {
  it('says what it means, shows both sides, what is reported, and the fix', async () => {
    const text = await page(example);
    for (const part of [
      'Severity warning: the run fails only with more warnings than --max-warnings allows.',
      'Kind policy: project policy: D1 accepts it.',
      'Off by default; on in the preset "strict"',
      '  -- 0001_a.sql\n  SELECT 1;\n\n  -- 0002_b.sql\n',
      'It is one.',
      '--fix does it: write two.',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says where --fix does it in the last migration alone', async () => {
    const rule = allRules.find(({ id }) => id === 'fk/missing-index') ?? example;
    expect(await page(rule)).toContain(
      'In the last migration of the folder --fix does it: index the foreign key.',
    );
    expect(await fixingOf(rule)).toBe('safe in the last file');
  });

  it('cuts what is too long, and shows what nobody could see', async () => {
    const lines = (await page(example)).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    expect(await page({ ...example, bad: ["SELECT '\0';"] })).toContain("SELECT '␀';");
  });

  it('exists for every rule', async () => {
    for (const rule of allRules) expect(await page(rule)).toContain(rule.summary);
  });
});
