// usage: npm run measure -- [git ref]
// Lines, files, circles, words, and the files that each command enters: of the packages in the work tree, beside those of a
// commit when one is named.
import { measure, type Figures } from './figures.ts';
import { readCommit, readWorkTree } from './tree.ts';

const ref = process.argv[2];
const now = measure(readWorkTree());
const then: Figures = ref === undefined ? new Map() : measure(readCommit(ref));
const names = [...new Set([...then.keys(), ...now.keys()])];
const row = (name: string, ...figures: string[]) =>
  [name.padEnd(42), ...figures.map((figure) => figure.padStart(9))].join(' ');
const change = (before: number | undefined, after: number | undefined) =>
  before === undefined || after === undefined || before === 0
    ? ''
    : `${after < before ? '−' : '+'}${Math.round((Math.abs(after - before) / before) * 100)} %`;

if (ref !== undefined) console.log(row('', ref.slice(0, 9), 'now', ''));
for (const name of names) {
  const [before, after] = [then.get(name), now.get(name)];
  const figures = [String(after ?? '–')];
  if (ref !== undefined) figures.unshift(String(before ?? '–'));
  console.log(row(name, ...figures, ...(ref === undefined ? [] : [change(before, after)])).trimEnd());
}
