import fc from 'fast-check';
import { lineIndex } from 'd1-core/sql';
import { fuzzRuns, mutatedSql } from 'd1-core/testing';
import { allRules } from '../rules/index.ts';
import { exampleFiles, lintFile, lintFiles } from '../testing/examples.ts';
import { fixFiles } from './fix.ts';
import type { LintFile } from './rule.ts';

/** What the rules show of themselves, so that each has something to look into. */
const texts = allRules
  .flatMap(({ bad, good }) => [...bad, ...good])
  .flatMap((example) => exampleFiles(example).map(({ text }) => text))
  .filter(({ length }) => length < 2_000);

const folder = fc
  .tuple(mutatedSql(texts), mutatedSql(texts))
  .map((files) => files.map((text, index) => lintFile([`000${index + 1}_x.sql`, text])));

const lint = (files: readonly LintFile[]) => lintFiles(files, { preset: 'strict' });

describe('any folder', () => {
  it('is linted without a crash, with places inside of its files', async () => {
    await fc.assert(
      fc.asyncProperty(folder, async (files) => {
        const { findings } = await lint(files);
        for (const { file, range, start, end } of findings) {
          const text = files.find(({ path }) => path === file)?.text ?? '';
          const lines = lineIndex(text);
          expect(0 <= range.start && range.start <= range.end && range.end <= text.length).toBe(true);
          expect([lines.positionAt(range.start), lines.positionAt(range.end)]).toEqual([start, end]);
        }
      }),
      fuzzRuns(300, 1_500),
    );
  });

  it('is fixed without a crash, and comes to an end', async () => {
    await fc.assert(
      fc.asyncProperty(folder, async (files) => {
        const { changed, result } = await fixFiles(files, lint);
        for (const { name } of changed) expect(files.some((file) => file.name === name)).toBe(true);
        expect(result.findings.filter(({ fix }) => fix?.safe === true)).toEqual([]);
      }),
      fuzzRuns(100, 500),
    );
  });
});
