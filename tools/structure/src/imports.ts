import { dirname, join } from 'node:path/posix';
import ts from 'typescript';
import type { Tree } from './tree.ts';

/** Which files each file imports. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** An import between two files of a tree. */
interface Import {
  readonly target: string;
  /** `type`: it is erased when the code runs. */
  readonly kind: ImportKind;
}

type ImportKind = 'static' | 'dynamic' | 'type';

/** All imports of the files of a tree, static and dynamic; what comes from outside of it is left out. */
export const readImports = (tree: Tree): ReadonlyMap<string, readonly Import[]> =>
  new Map(
    [...tree.keys()]
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [
        path,
        importsOf(path, tree.get(path) ?? '').flatMap(({ name, kind }) => {
          const target = resolve(path, name, tree);
          return target === undefined ? [] : [{ target, kind }];
        }),
      ]),
  );

/** The imports of some kinds as a graph. */
export const graphOf = (
  imports: ReadonlyMap<string, readonly Import[]>,
  kinds: readonly ImportKind[],
): Imports =>
  new Map(
    [...imports].map(([path, all]) => [
      path,
      new Set(all.filter(({ kind }) => kinds.includes(kind)).map(({ target }) => target)),
    ]),
  );

function importsOf(
  path: string,
  text: string,
): readonly { readonly name: string; readonly kind: ImportKind }[] {
  const found: { name: string; kind: ImportKind }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
        found.push({ name: node.moduleSpecifier.text, kind: isErased(node) ? 'type' : 'static' });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteral(name)) found.push({ name: name.text, kind: 'dynamic' });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

function isErased(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    const { exportClause } = node;
    if (node.isTypeOnly) return true;
    return (
      exportClause !== undefined &&
      ts.isNamedExports(exportClause) &&
      exportClause.elements.every(({ isTypeOnly }) => isTypeOnly)
    );
  }
  const { importClause } = node;
  if (importClause === undefined) return false;
  const { namedBindings, name, phaseModifier } = importClause;
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function resolve(from: string, name: string, tree: Tree): string | undefined {
  const [scope = '', ...inside] = name.split('/');
  const place = name.startsWith('.') ? join(dirname(from), name) : join('packages', scope, 'src', ...inside);
  // A package exports files and rooms.
  const candidates = [place, place.replace(/\.js$/, '.ts'), `${place}.ts`, `${place}/index.ts`];
  return candidates.find((path) => tree.has(path));
}

/** All files that are entered from some, these included. */
export function closure(imports: Imports, entries: Iterable<string>): ReadonlySet<string> {
  const entered = new Set(entries);
  for (const file of entered) for (const next of imports.get(file) ?? []) entered.add(next);
  return entered;
}

/** Groups of nodes each of which leads to all others of its group. */
export function circles(graph: Imports): readonly (readonly string[])[] {
  // Tarjan's algorithm.
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      const reached = index.has(next) ? (stack.includes(next) ? index.get(next) : undefined) : visit(next);
      low.set(node, Math.min(low.get(node) ?? own, reached ?? own));
    }
    const lowest = low.get(node) ?? own;
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** The folder of a package that a file is in, `d1-core/sql`; of a file beside the folders, its own name. */
export const roomOf = (path: string): string => {
  const [, name = '', , ...inside] = path.split('/');
  return `${name}/${inside[0] ?? ''}`;
};

/** Which rooms each room imports. */
export const roomImports = (imports: Imports): Imports => grouped(imports, roomOf);

/** Which rooms of one package each of its rooms imports, by their names in it. */
export const roomImportsOf = (imports: Imports, name: string): Imports =>
  grouped(imports, (path) => (path.startsWith(`packages/${name}/src/`) ? path.split('/')[3] : undefined));

/** Which packages each package imports. */
export const packageImports = (imports: Imports): Imports => grouped(imports, (path) => path.split('/')[1]);

/** The imports between groups of files; what is in none is left out. */
function grouped(imports: Imports, groupOf: (path: string) => string | undefined): Imports {
  const groups = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const own = groupOf(file);
    if (own === undefined) continue;
    const entered = groups.get(own) ?? new Set();
    for (const target of targets) {
      const group = groupOf(target);
      if (group !== undefined && group !== own) entered.add(group);
    }
    groups.set(own, entered);
  }
  return groups;
}
