import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architecture } from './architecture.ts';
import { picture, reduced } from './picture.ts';
import { REPOSITORY } from './tree.ts';

const graph = (imports: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(imports).map(([name, targets]) => [name, new Set(targets)]));

test('docs/architecture.md and its pictures are as "npm run docs" writes them', async () => {
  const stale = [...(await architecture())].filter(
    ([path, text]) => readFileSync(join(REPOSITORY, path), 'utf8') !== text,
  );
  expect(stale.map(([path]) => path)).toEqual([]);
});

test('An import that follows from others is no arrow', () => {
  const imports = graph({ top: ['middle', 'ground'], middle: ['ground'], ground: [] });
  expect(reduced(imports)).toEqual(graph({ top: ['middle'], middle: ['ground'], ground: [] }));
});

test('A room stands above all that it imports', () => {
  const svg = picture('House', graph({ a: ['b', 'c'], b: ['c'], c: [], d: ['c'] }));
  const height = (name: string) =>
    Number(new RegExp(`y="([0-9]+)" text-anchor[^>]*>${name}<`).exec(svg)?.[1]);
  expect(height('a')).toBeLessThan(height('b'));
  expect(height('b')).toBeLessThan(height('c'));
  expect(height('d')).toBe(height('b'));
  expect(svg.match(/marker-end/g)).toHaveLength(3);
});
