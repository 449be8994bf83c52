import ts from 'typescript';
import { circles, closure, graphOf, readImports, roomImports, roomOf, type Imports } from './imports.ts';
import { isTest, type Tree } from './tree.ts';

/** What is counted of one tree, by its name. */
export type Figures = ReadonlyMap<string, number>;

const isGenerated = (path: string, text: string): boolean =>
  /\/(schemas\/.*|executors|config\.schema)\.json$/.test(path) || /^\/\/ Written by /m.test(text);

/** Lines, files, circles and the vocabulary of the packages, and the way of each command through them. */
export function measure(tree: Tree): Figures {
  const lines = { source: 0, tests: 0, generated: 0 };
  const source = new Map<string, string>();
  for (const [path, text] of tree) {
    if (path.endsWith('package.json') || path.includes('tsconfig')) continue;
    const kind = isGenerated(path, text) ? 'generated' : isTest(path) ? 'tests' : 'source';
    lines[kind] += countLines(text);
    if (kind !== 'tests') source.set(path, text);
  }
  const imports = readImports(source);
  const files = [...source].filter(([path, text]) => path.endsWith('.ts') && !isGenerated(path, text));
  const everything = graphOf(imports, ['static', 'dynamic', 'type']);
  const lengths = files.map(([, text]) => countLines(text)).sort((a, b) => a - b);
  return new Map([
    ...Object.entries(lines).map(([kind, count]): [string, number] => [`lines of ${kind}`, count]),
    ['files of source', files.length],
    ['lines of the median file', lengths[Math.floor(lengths.length / 2)] ?? 0],
    ['lines of the longest file', lengths.at(-1) ?? 0],
    ['rooms', new Set(files.map(([path]) => roomOf(path))).size],
    ['circles of files', circles(everything).length],
    ['circles of rooms', circles(roomImports(everything)).length],
    ...vocabulary(source),
    ...ways(graphOf(imports, ['static']), graphOf(imports, ['static', 'dynamic'])),
  ]);
}

const countLines = (text: string): number => text.split('\n').length - 1;

/** What users have to know by name. */
function vocabulary(source: Tree): readonly [string, number][] {
  const options: string[] = [];
  for (const [path, text] of source) {
    if (!/schema\.json$|\/schemas\//.test(path) || path.endsWith('config.schema.json')) continue;
    const { properties = {} }: { properties?: object } = JSON.parse(text);
    options.push(...Object.keys(properties));
  }
  const targets = [...source].flatMap(([path, text]) =>
    /\/(inference|commands)\//.test(path) ? textsOf('defaultName', path, text) : [],
  );
  return [
    ['targets of a Worker', targets.length],
    ['options of executors and generators', options.length],
    ['words: options and targets', new Set([...options, ...targets]).size],
  ];
}

/** The texts that a property of this name has in a file. */
function textsOf(name: string, path: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isIt = ts.isPropertyAssignment(node) && node.name.getText(file) === name;
    if (isIt && ts.isStringLiteral(node.initializer)) found.push(node.initializer.text);
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  visit(file);
  return found;
}

/**
 * The files of each command, without the `index.ts` that only name what a room gives: those that it loads each time, and
 * those that it can enter, with what it imports only where it is needed. And the rooms of all of them.
 */
const ways = (loaded: Imports, entered: Imports): readonly [string, number][] =>
  [...entered.keys()]
    .flatMap((path) => {
      const [, name, before, now] = COMMAND.exec(path) ?? [];
      const command = before ?? now;
      return command === undefined || NOT_COMMANDS.has(command)
        ? []
        : [{ path, command: `${name} ${command}` }];
    })
    .sort((a, b) => a.command.localeCompare(b.command))
    .flatMap(({ path, command }): readonly [string, number][] => {
      // A command is declared in a module that imports its work when it runs.
      const always = closure(loaded, [path, ...(entered.get(path) ?? [])]);
      const all = [...closure(entered, [path])];
      return [
        [`${command}: files loaded`, countFiles(always)],
        [`${command}: files entered`, countFiles(all)],
        [`${command}: rooms entered`, new Set(all.map(roomOf)).size],
      ];
    });

const countFiles = (paths: Iterable<string>): number =>
  [...paths].filter((path) => !path.endsWith('/index.ts')).length;

const COMMAND = /^packages\/([^/]+)\/src\/(?:executors\/([\w-]+)\/run|commands\/([\w-]+))\.ts$/;

/** Modules beside the commands that several of them use. */
const NOT_COMMANDS = new Set(['index', 'parts', 'shared-options', 'output-file', 'options']);
