import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR_TABLES, TABLES } from './executors.ts';

/** The rows of the table in CONTRIBUTING.md: word and type. */
function writtenWords(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../../../CONTRIBUTING.md'), 'utf8');
  const [, section = ''] = /^## Option words$(.*?)^## /ms.exec(text) ?? [];
  return [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\| \S/gm)].map(([, word, type]) => `${word} ${type}`);
}

it('every option word of a command or generator is in the table of CONTRIBUTING.md, with its one type, and no other', () => {
  const all = [
    ...TABLES.flatMap(({ commands }) => commands),
    ...GENERATOR_TABLES.flatMap(({ generators }) => generators),
  ];
  const used = all.flatMap(({ options }) =>
    Object.entries(options).map(([word, { details }]) => `${word} ${details.kind}`),
  );
  expect(writtenWords()).toEqual([...new Set(used)].toSorted());
});
