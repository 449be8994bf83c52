import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ResolverFactory } from 'oxc-resolver';
import { SourceFile, type Place } from './source-file.ts';

/** A file that could not be followed. What is in it is not checked. */
export interface Unread {
  readonly place: Place;
  readonly message: string;
}

/** The files of a Worker: its `main`, and all that this imports. */
export interface Project {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly unread: readonly Unread[];
  /** The file that an import leads to; undefined for a package. */
  resolve(from: SourceFile, specifier: string): SourceFile | undefined;
}

const FOLLOWED = /\.([cm]?[jt]sx?|sql|txt)$/i;
const DECLARATION = /\.d\.[cm]?ts$/i;

/** Follows the imports of a Worker from its `main`, an absolute path. Packages in node_modules are not followed. */
export function followImports(main: string): Project {
  const resolver = new ResolverFactory({
    tsconfig: 'auto',
    extensions: ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.cjs', '.cts', '.json'],
    extensionAlias: {
      '.js': ['.ts', '.tsx', '.js', '.jsx'],
      '.jsx': ['.tsx', '.jsx'],
      '.mjs': ['.mts', '.mjs'],
      '.cjs': ['.cts', '.cjs'],
    },
    conditionNames: ['workerd', 'worker', 'browser', 'import', 'module', 'default'],
    mainFields: ['module', 'main'],
    symlinks: true,
  });
  const files = new Map<string, SourceFile>();
  const unread: Unread[] = [];
  const found = new Map<string, string | undefined>();

  const pathOf = (from: string, specifier: string): string | undefined => {
    const key = `${dirname(from)}\0${specifier}`;
    if (!found.has(key)) found.set(key, resolver.resolveFileSync(from, specifier).path);
    return found.get(key);
  };
  const open = [main];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    const text = readText(path, unread);
    if (text === undefined) continue;
    const file = new SourceFile(path, text);
    files.set(path, file);
    const { problem } = file;
    if (problem !== undefined) unread.push(problem);
    for (const { specifier, start } of specifiersOf(file)) {
      const next = pathOf(path, specifier);
      if (next === undefined && /^\.{0,2}\//.test(specifier)) {
        unread.push({ place: file.place(start), message: `${specifier} is imported, and was not found` });
      }
      if (next === undefined || !isFollowed(next)) continue;
      open.push(next);
    }
  }
  return {
    files,
    unread,
    resolve(from, specifier) {
      const path = pathOf(from.path, specifier);
      return path === undefined ? undefined : files.get(path);
    },
  };
}

const isFollowed = (path: string): boolean =>
  FOLLOWED.test(path) && !DECLARATION.test(path) && !/[\\/]node_modules[\\/]/.test(path);

interface Specifier {
  readonly specifier: string;
  readonly start: number;
}

const REQUIRED = /\brequire\s*\(\s*(['"])([^'"\n]+)\1\s*\)/g;

function specifiersOf({ module, text }: SourceFile): readonly Specifier[] {
  const imported = module.staticImports
    // A type has no SQL.
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => ({ specifier: moduleRequest.value, start: moduleRequest.start }));
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null || isType
        ? []
        : [{ specifier: moduleRequest.value, start: moduleRequest.start }],
    ),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const written = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(start, end))?.[2];
    return written === undefined ? [] : [{ specifier: written, start }];
  });
  const required = [...text.matchAll(REQUIRED)].map(({ 2: specifier = '', index }) => ({
    specifier,
    start: index,
  }));
  return [...imported, ...exported, ...dynamic, ...required];
}

function readText(path: string, unread: Unread[]): string | undefined {
  try {
    if (statSync(path).isFile()) return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    // Said below.
  }
  unread.push({ place: { file: path, line: 1, column: 1 }, message: 'the file cannot be read' });
  return undefined;
}
