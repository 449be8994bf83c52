import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';
import ts from 'typescript';

interface Place {
  /** The `src` folder of the package. */
  readonly source: string;
  /** The folder below it, or the name of a file that lies directly there. */
  readonly room: string;
  /** The room's folder. */
  readonly root: string;
}

/** Where a file of a package stands; undefined outside of `packages/<package>/src`. */
function placeOf(file: string): Place | undefined {
  const parts = file.split(sep);
  const at = parts.lastIndexOf('src');
  if (at < 2 || parts[at - 2] !== 'packages') return undefined;
  const source = parts.slice(0, at + 1).join(sep);
  const room = parts[at + 1] ?? '';
  return { source, room, root: join(source, room) };
}

/** The files of its own room that a file imports: statically, dynamically and for their types. */
const neighbours = (file: string, root: string): readonly string[] =>
  ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => resolve(dirname(file), fileName))
    .filter((path) => path.startsWith(root + sep) && existsSync(path));

/** The way from one file to another inside a room, if there is one. */
function findWay(
  from: string,
  to: string,
  root: string,
  seen = new Set<string>(),
): readonly string[] | undefined {
  if (from === to) return [from];
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const next of neighbours(from, root)) {
    const way = findWay(next, to, root, seen);
    if (way !== undefined) return [from, ...way];
  }
  return undefined;
}

/**
 * A room imports only rooms that stand before it, each by its `index.ts` where it has one, and the files in it form no
 * circle. The option is the names of the rooms of a package, in order.
 */
export const layers: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'array', items: { type: 'string' } }],
    messages: {
      unknown: '"{{room}}" is not among the rooms of this package in tools/structure/src/rooms.ts.',
      above:
        '"{{own}}" may import only the rooms that stand before it, and "{{room}}" does not: see docs/architecture.md.',
      inside: 'Import the room "{{room}}" by its index.ts.',
      ownIndex: 'Import the file itself: index.ts is for other rooms.',
      circle: 'This import leads back to this file: {{way}}.',
    },
  },
  create(context) {
    const own = placeOf(context.filename);
    if (own === undefined) return {};
    const [order]: readonly (readonly string[])[] = context.options;
    const rank = (room: string) => order?.indexOf(room) ?? -1;

    function check(node: Rule.Node, name: unknown): void {
      if (typeof name !== 'string' || !name.startsWith('.') || own === undefined) return;
      const target = resolve(dirname(context.filename), name);
      const place = placeOf(target);
      if (place?.source !== own.source) return;
      const { room, root } = place;
      const index = join(root, 'index.ts');
      const report = (messageId: string, data: Readonly<Record<string, string>> = {}) =>
        context.report({ node, messageId, data: { room, own: own.room, ...data } });
      if (room !== own.room) {
        if (rank(room) < 0) report('unknown');
        else if (rank(room) > rank(own.room)) report('above');
        else if (target !== index && existsSync(index)) report('inside');
      } else if (target === index) {
        report('ownIndex');
      } else if (existsSync(target)) {
        const way = findWay(target, context.filename, root);
        if (way !== undefined) report('circle', { way: way.map((file) => relative(root, file)).join(' → ') });
      }
    }

    return {
      Program() {
        if (rank(own.room) < 0)
          context.report({ loc: { line: 1, column: 0 }, messageId: 'unknown', data: { room: own.room } });
      },
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ImportExpression: (node) => check(node, node.source.type === 'Literal' ? node.source.value : undefined),
    };
  },
};
