import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GENERATOR_TABLES, TABLES } from './executors.ts';

const PACKAGES = join(import.meta.dirname, '../../../../packages');

/** What reads the options that many commands share: a call, wherever the command has it. */
const SHARED: Readonly<Record<string, RegExp>> = {
  wranglerConfig: /\bresolve(Target|Migrations|EnvironmentOf)|\bwranglerConfig\b/,
  environment: /\bresolve(Target|Migrations|EnvironmentOf)|\benvironment\b/,
  settings: /\bresolve(Target|Migrations|EnvironmentOf)|\bsettings\b/,
  database: /\bresolve(Target|Databases|Migrations)|\bdatabase\b/,
  persistTo: /\b(openTarget|localDatabase|persistTo)\b/,
  timeout: /\b(openTarget|localDatabase|remoteDatabase|timeout)\b/,
  startAfter: /\b(survey|readSurvey|startAfter)\(|\bstartAfter\b/,
  ...Object.fromEntries(
    ['keepExistingVersions', 'skipPackageJson', 'updatePackageScripts'].map((word) => [
      word,
      /\bsetUp\(|\binitGeneratorOf\(/,
    ]),
  ),
  ...Object.fromEntries(['json', 'verbose', 'project', 'skipFormat'].map((word) => [word, /^/])),
};

/** What declares an option, and does not read it. */
const DECLARATION =
  /^ +\w+: (text|texts|flag|path|choice|optionalChoice|count|countOr|neededText|fromFiles)\(/gm;

/** The source of a module from its `run` on, and of all that it imports of its package; of an `index.ts`, the whole room. */
function sourceOf(file: string): string {
  const seen = new Map<string, string>();
  const visit = (path: string) => {
    if (seen.has(path) || path.endsWith('commands/index.ts')) return;
    const text = readFileSync(path, 'utf8');
    seen.set(
      path,
      path === file ? text.slice(Math.max(0, text.indexOf('run('))) : text.replaceAll(DECLARATION, ''),
    );
    for (const [, name = ''] of text.matchAll(/'(\.[^']+\.ts)'/g)) {
      const target = join(dirname(path), name);
      for (const one of target.endsWith('index.ts') ? filesOf(dirname(target)) : [target]) visit(one);
    }
  };
  visit(file);
  return [...seen.values()].join('\n');
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name));

const declared = [
  ...TABLES.flatMap(({ name, commands }) =>
    commands.map((command) => ({
      command,
      file: join(PACKAGES, name, 'src/commands', `${command.name}.ts`),
    })),
  ),
  ...GENERATOR_TABLES.flatMap(({ name, generators }) =>
    generators.map((command) => ({
      command,
      file: join(PACKAGES, name, 'src/generators', command.name, 'generator.ts'),
    })),
  ),
].filter(({ file }) => existsSync(file));

it.each(
  declared.map(({ command, file }) => [file.slice(PACKAGES.length + 1), command.options, file] as const),
)('every option that %s declares is read by what it runs', (_, options, file) => {
  const source = sourceOf(file);
  const unread = Object.keys(options).filter(
    (word) => !(SHARED[word] ?? new RegExp(`\\b${word}\\b(?!['"])`)).test(source),
  );
  expect(unread).toEqual([]);
});

it('every command and generator has its file', () => {
  const all = [
    ...TABLES.flatMap(({ commands }) => commands),
    ...GENERATOR_TABLES.flatMap(({ generators }) => generators),
  ];
  expect(declared).toHaveLength(all.length);
});
