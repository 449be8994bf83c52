import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { markdownCode, markdownTable, markdownText } from 'd1-core/report';
import { graphOf, packageImports, readImports, roomImportsOf, type Imports } from './imports.ts';
import { picture } from './picture.ts';
import { PACKAGES, SHARED_ROOMS } from './rooms.ts';
import { isTest, readWorkTree, REPOSITORY } from './tree.ts';

const PAGE = 'docs/architecture.md';

/** The picture of a package, or of all packages, from docs/. */
const imageOf = (name: string): string => `images/rooms-${name}.svg`;

/**
 * docs/architecture.md, with the ideas of packages and rooms between its marks, and its pictures: by their path in the
 * repository. The ideas are those of rooms.ts, the arrows the imports as they are.
 */
export async function architecture(): Promise<ReadonlyMap<string, string>> {
  const imports = graphOf(readImports(new Map([...readWorkTree()].filter(([path]) => !isTest(path)))), [
    'static',
    'dynamic',
    'type',
  ]);
  const graphs = [...Object.keys(PACKAGES)].map((name) => [name, roomImportsOf(imports, name)] as const);
  const packages = packageImports(imports);
  const homeless = [...packages.keys()].filter((name) => PACKAGES[name] === undefined);
  if (homeless.length > 0) throw new Error(`rooms.ts does not have ${homeless.join(', ')}`);
  const rooms = graphs.flatMap(([name, graph]) => roomLines(name, graph));
  const written = readFileSync(join(REPOSITORY, PAGE), 'utf8');
  const page = between(between(written, 'packages', packageLines()), 'rooms', [...sharedLines(), ...rooms]);
  const options = { ...(await resolveConfig(join(REPOSITORY, PAGE))), parser: 'markdown' };
  return new Map([
    [PAGE, await format(page, options)],
    [`docs/${imageOf('packages')}`, picture('The packages and their imports', packages)],
    ...graphs.map(([name, graph]): [string, string] => [
      `docs/${imageOf(name)}`,
      picture(`The rooms of ${name} and their imports`, foldersOf(graph)),
    ]),
  ]);
}

/** The text with other lines between the marks `<!-- name -->` and `<!-- /name -->`. */
function between(text: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = text.split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${PAGE} has no place between ${start} and ${end}`);
  return [before, start, '\n\n', lines.join('\n').trim(), '\n\n', end, after].join('');
}

const packageLines = (): readonly string[] => [
  image('The packages and their imports', 'packages'),
  '',
  ...markdownTable(
    ['Package', 'The idea'],
    Object.entries(PACKAGES).map(([name, { idea }]) => [markdownCode(name), ideaText(idea)]),
  ),
];

const sharedLines = (): readonly string[] => ['What most plugins have:', '', ...roomTable(SHARED_ROOMS), ''];

function roomLines(name: string, graph: Imports): readonly string[] {
  const { idea, rooms } = PACKAGES[name] ?? { idea: '', rooms: {} };
  const gone = Object.keys(rooms).filter((room) => !graph.has(room));
  if (gone.length > 0) throw new Error(`rooms.ts has rooms that ${name} has not: ${gone.join(', ')}`);
  const own = Object.entries(rooms).filter(([room, words]) => SHARED_ROOMS[room] !== words);
  return [
    `### ${name}`,
    '',
    `${ideaText(idea)}.`,
    '',
    image(`The rooms of ${name} and their imports`, name),
    '',
    ...roomTable(Object.fromEntries(own)),
    '',
  ];
}

const roomTable = (rooms: Readonly<Record<string, string>>): readonly string[] =>
  markdownTable(
    ['Room', 'The idea'],
    Object.entries(rooms).map(([room, idea]) => [markdownCode(room), ideaText(idea)]),
  );

/** What stands in backquotes is code. */
const ideaText = (idea: string): string =>
  idea
    .split('`')
    .map((part, index) => (index % 2 === 0 ? markdownText(part) : markdownCode(part)))
    .join('');

const image = (alt: string, name: string): string => `![${alt}](${imageOf(name)})`;

/** Without the files beside the folders, such as plugin.ts: they only enter rooms. */
const foldersOf = (graph: Imports): Imports =>
  new Map(
    [...graph]
      .filter(([room]) => !room.endsWith('.ts'))
      .map(([room, targets]) => [room, new Set([...targets].filter((target) => !target.endsWith('.ts')))]),
  );
