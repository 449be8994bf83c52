import { readdirSync } from 'node:fs';
import { loadParser, loadTokenizer, splitStatements } from 'd1-core/sql';
import { applyEdits } from '../engine/edits.ts';
import { fixFiles } from '../engine/fix.ts';
import type { Rule } from '../engine/rule.ts';
import { exampleFiles, lintExample, lintFile, lintFiles, wranglerSplit } from '../testing/examples.ts';
import { allRules } from './index.ts';

/** What an old wrangler makes of the examples of the other rules is no matter of theirs. */
const splitFor = ({ needs }: Rule) => (needs === 'wrangler-split' ? { loadSplit: wranglerSplit } : {});

const named = allRules.map((rule) => [rule.id, rule] as const);

/** A strict rule is not part of what its examples are linted with by default. */
const configFor = (rule: Rule) => ({ rules: { [rule.id]: rule.severity } });

describe('the registry of rules', () => {
  it('names each rule once', () => {
    expect(allRules.map(({ id }) => id).sort()).toEqual([...new Set(allRules.map(({ id }) => id))].sort());
  });

  it('holds every file of a rule, under the id that its path says', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => /^[a-z]+\/[a-z0-9-]+\.ts$/.test(file) && !file.endsWith('/index.ts'));
    expect(allRules.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
  });
});

describe.each(named)('%s', (id, rule) => {
  it('says what it finds, why that matters, and shows both sides', () => {
    expect(rule.summary).toMatch(/^[^\s].*\.$/);
    expect(rule.why.length).toBeGreaterThan(rule.summary.length / 2);
    expect(rule.bad.length).toBeGreaterThan(0);
    expect(rule.good.length).toBeGreaterThan(0);
  });

  it('reports each of its bad examples, and no other rule does', async () => {
    for (const [index, example] of rule.bad.entries()) {
      const { findings } = await lintExample(example, configFor(rule), rule.since, splitFor(rule));
      expect({ index, rules: [...new Set(findings.map((finding) => finding.rule))] }).toEqual({
        index,
        rules: [id],
      });
    }
  });

  it('is content with its good examples, as all the others are', async () => {
    for (const example of rule.good) {
      const { findings } = await lintExample(example, configFor(rule), rule.since, splitFor(rule));
      expect(findings).toEqual([]);
    }
  });

  it('gives messages of sentences, and places inside the file', async () => {
    for (const example of rule.bad) {
      const { findings } = await lintExample(example, configFor(rule), rule.since, splitFor(rule));
      for (const finding of findings) {
        const file = exampleFiles(example).find(({ path }) => path === finding.file);
        expect(finding.message).toMatch(/^[^\s].*[.]$/s);
        expect(finding.help).not.toBe('');
        expect(finding.range.start).toBeGreaterThanOrEqual(0);
        expect(finding.range.end).toBeLessThanOrEqual(file?.text.length ?? -1);
      }
    }
  });

  it('offers only fixes that leave valid SQL, and that end its own finding', async () => {
    const [tokenize, parse] = await Promise.all([loadTokenizer(), loadParser()]);
    for (const example of rule.bad) {
      const files = exampleFiles(example);
      const { findings } = await lintExample(example, configFor(rule), rule.since, splitFor(rule));
      for (const { fix, file } of findings) {
        if (fix === undefined) continue;
        const fixed = files.map((one) =>
          one.path === file ? lintFile([one.name, applyEdits(one.text, fix.edits)]) : one,
        );
        const text = fixed.find(({ path }) => path === file)?.text ?? '';
        for (const statement of splitStatements(tokenize(text))) {
          expect((await parse(text, statement)).outcome).toBe('parsed');
        }
        const again = await lintFiles(fixed, configFor(rule), rule.since, splitFor(rule));
        const own = (result: typeof again) => result.findings.filter((finding) => finding.rule === id).length;
        expect(own(again)).toBeLessThan(findings.filter((finding) => finding.rule === id).length);
      }
    }
  });

  it('has nothing left to fix after its safe fixes were applied once', async () => {
    for (const example of rule.bad) {
      const files = exampleFiles(example);
      const { changed } = await fixFiles(files, (current) =>
        lintFiles(current, configFor(rule), rule.since, splitFor(rule)),
      );
      if (changed.length === 0) continue;
      const fixed = files.map((file) => changed.find(({ name }) => name === file.name) ?? file);
      const again = await fixFiles(fixed, (current) =>
        lintFiles(current, configFor(rule), rule.since, splitFor(rule)),
      );
      expect(again.changed).toEqual([]);
    }
  });
});
