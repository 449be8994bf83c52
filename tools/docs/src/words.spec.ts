import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** What an English engineer would not write, with what to write. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again, rebuilt'],
  [/\b(rules? of the house|house (policy|rules?))\b/i, 'project policy'],
  [/\bto be had\b/i, 'available'],
  [/\bof its own accord\b/i, 'by itself'],
  [/\b(foreign )?keys? (that )?leads? nowhere\b/i, 'points to no row'],
  [/\bin one go\b/i, 'at once'],
  [/\bin the place of\b/i, 'in place of'],
  [/\bbelongs? into\b/i, 'belongs in'],
  [/\bLook (what|whether|which|who)\b/, 'Check'],
  [/\b(is|are|was|were|be) taken back\b/i, 'rolled back'],
  [/\bsees? to it that\b/i, 'makes sure that'],
];

const texts = execFileSync('git', ['ls-files', 'packages', 'docs', 'README.md', 'CONTRIBUTING.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (path) =>
      /\.(ts|md|template)$/.test(path) && !/\.spec\.ts$|\/testing\/|CHANGELOG|^docs\/reference\//.test(path),
  )
  .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const);

it.each(WORDS)('no message, comment or page has %s', (word, better) => {
  const found = texts.flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) => (word.test(line) ? `${path}:${index + 1}: ${line.trim()} (${better})` : [])),
  );
  expect(found).toEqual([]);
});
