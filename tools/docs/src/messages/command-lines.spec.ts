import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR_TABLES, TABLES } from '../write/executors.ts';
import { saidOfCommands } from './command-lines.ts';

const ROOT = join(import.meta.dirname, '../../../..');

const sources = globSync('packages/*/src/**/*.ts', { cwd: ROOT }).filter(
  (path) =>
    !/\.spec\.ts$|\/testing\/|\/door\//.test(path) &&
    // What Nx alone runs, and what speaks of former versions.
    !/\/src\/(guard|migrations\/\d)|\/former-names|\/carry-/.test(path),
);
const said = sources.map((path) => saidOfCommands(path, readFileSync(join(ROOT, path), 'utf8')));

it('no text has a command line of one door in it', () => {
  expect(said.flatMap(({ literal }) => literal)).toEqual([]);
});

it('no line is written before a run came in by a door', () => {
  expect(said.flatMap(({ lines }) => lines).filter(({ isEarly }) => isEarly)).toEqual([]);
});

it('every line that the source writes names a command or generator that is there, with options that it has', () => {
  const known = new Map(
    [
      ...TABLES.flatMap(({ name, commands }) => commands.map((one) => [name, one] as const)),
      ...GENERATOR_TABLES.flatMap(({ name, generators }) => generators.map((one) => [name, one] as const)),
    ].map(([plugin, one]) => [`${plugin}:${one.name}`, one]),
  );
  const lines = said.flatMap((file) => file.lines);
  const wrong = lines.filter(({ name, words }) => {
    const command = known.get(name);
    if (command === undefined) return true;
    const hasPositional = Object.values(command.options).some(({ details }) => details.isPositional);
    return words.some((word) => {
      const option = /^--([\w-]+)/.exec(word)?.[1];
      return option === undefined ? !hasPositional : !(option in command.options);
    });
  });
  expect(wrong).toEqual([]);
  expect(lines.length).toBeGreaterThan(60);
});

describe('what is said of commands in a source file', () => {
  it.each([
    "fix: 'Run npx nx run workers:plan'",
    'fix: `See ${a} with the target "status"`',
    "fix: 'npx d1-lint rules'",
  ])('a literal line is found in %s', (text) => {
    expect(saidOfCommands('a.ts', `const a = () => ({ ${text} });`).literal).toHaveLength(1);
  });

  it('a comment and another tool are none', () => {
    expect(saidOfCommands('a.ts', "// npx nx run a:b\nconst a = 'npx wrangler d1 list';").literal).toEqual(
      [],
    );
  });

  it('a written line is known by its words, and by when it is written', () => {
    const text =
      "const a = commandLine('d1-migrate:plan'); const b = () => lineFor({}, 'd1-lint:lint', `--since=${a}`);";
    expect(saidOfCommands('a.ts', text).lines).toMatchObject([
      { name: 'd1-migrate:plan', words: [], isEarly: true },
      { name: 'd1-lint:lint', words: ['--since=<…>'], isEarly: false },
    ]);
  });
});
