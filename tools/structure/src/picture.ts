import { closure, type Imports } from './imports.ts';

/** A place in the picture: a room, or a bend of an arrow that passes through its row. */
interface Spot {
  readonly name: string | undefined;
  readonly width: number;
  row: number;
  x: number;
  readonly above: Spot[];
  readonly below: Spot[];
}

const ROW = 74;
const BOX = 30;
const GAP = 16;
const MARGIN = 16;
const LETTER = 7.6;

/** The imports of a graph without those that follow from others: where a → b and b → c, a → c is left out. */
export const reduced = (graph: Imports): Imports =>
  new Map(
    [...graph].map(([name, targets]) => [
      name,
      new Set(
        [...targets].filter(
          (target) =>
            !closure(
              graph,
              [...targets].filter((other) => other !== target),
            ).has(target),
        ),
      ),
    ]),
  );

/**
 * Rooms as an SVG: each stands above all that it imports, and an arrow is an import that does not follow from the others. The
 * graph may have no circle.
 */
export function picture(title: string, graph: Imports): string {
  const rows = placed(reduced(graph));
  const spots = rows.flat();
  const width = Math.max(...spots.map(({ x, width: own }) => x + own / 2)) + MARGIN;
  const height = rows.length * ROW - (ROW - BOX) + 2 * MARGIN;
  const y = ({ row }: Spot) => MARGIN + (rows.length - 1 - row) * ROW;
  const arrows = spots
    .filter(({ name }) => name !== undefined)
    .flatMap((from) => from.below.map((next) => arrow(from, next, y)));
  const boxes = spots.flatMap((spot) => (spot.name === undefined ? [] : [box(spot, spot.name, y(spot))]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" viewBox="0 0 ${Math.ceil(width)} ${height}" role="img">`,
    `<title>${title}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8Z" fill="#8a94a6"/></marker></defs>',
    '<rect width="100%" height="100%" rx="8" fill="#fbfaf7"/>',
    ...arrows,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}

function box({ x, width }: Spot, name: string, y: number): string {
  const shape = `<rect x="${round(x - width / 2)}" y="${y}" width="${round(width)}" height="${BOX}" rx="6" fill="#ffffff" stroke="#3d5a80" stroke-width="1.2"/>`;
  return `${shape}<text x="${round(x)}" y="${y + 20}" text-anchor="middle" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12.5" fill="#1f2d3d">${name}</text>`;
}

/** From a room down to another, around what stands in the rows between. */
function arrow(from: Spot, first: Spot, y: (spot: Spot) => number): string {
  let path = `M${round(from.x)} ${y(from) + BOX}`;
  let [before, at] = [{ x: from.x, y: y(from) + BOX }, first];
  for (;;) {
    const middle = (before.y + y(at)) / 2;
    path += `C${round(before.x)} ${middle} ${round(at.x)} ${middle} ${round(at.x)} ${y(at)}`;
    const [next] = at.below;
    if (at.name !== undefined || next === undefined) break;
    path += `V${y(at) + BOX}`;
    before = { x: at.x, y: y(at) + BOX };
    at = next;
  }
  return `<path d="${path}" fill="none" stroke="#8a94a6" stroke-width="1.1" marker-end="url(#tip)"/>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Rows from the ground up, each from left to right. */
function placed(graph: Imports): readonly (readonly Spot[])[] {
  const spots = new Map<string, Spot>();
  const spotOf = (name: string): Spot => {
    const known = spots.get(name);
    if (known !== undefined) return known;
    const spot: Spot = { name, width: name.length * LETTER + 22, row: 0, x: 0, above: [], below: [] };
    spots.set(name, spot);
    const rows = [...(graph.get(name) ?? [])].map((target) => spotOf(target).row);
    spot.row = Math.max(-1, ...rows) + 1;
    return spot;
  };
  for (const name of graph.keys()) spotOf(name);
  const rows: Spot[][] = [];
  const add = (spot: Spot) => (rows[spot.row] ??= []).push(spot);
  for (const spot of spots.values()) add(spot);
  for (const [name, targets] of graph) {
    for (const target of targets) {
      let above = spotOf(name);
      for (let row = above.row - 1; row > spotOf(target).row; row--) {
        const bend: Spot = { name: undefined, width: 6, row, x: 0, above: [], below: [] };
        add(bend);
        join(above, bend);
        above = bend;
      }
      join(above, spotOf(target));
    }
  }
  for (const row of rows) pack(row);
  for (let round = 0; round < 24; round++) {
    const isDown = round % 2 === 0;
    for (const row of isDown ? rows.toReversed() : rows) settle(row, isDown ? 'above' : 'below');
  }
  const left = Math.min(...rows.flat().map(({ x, width }) => x - width / 2));
  for (const spot of rows.flat()) spot.x += MARGIN - left;
  return rows;
}

function join(above: Spot, below: Spot): void {
  above.below.push(below);
  below.above.push(above);
}

/** One beside the other, in the order in which they are. */
function pack(row: readonly Spot[]): void {
  let edge = 0;
  for (const spot of row) {
    spot.x = edge + spot.width / 2;
    edge += spot.width + GAP;
  }
}

/** Moves the spots of a row towards those that they are tied to in another, and past each other where that is nearer. */
function settle(row: Spot[], side: 'above' | 'below'): void {
  const wanted = new Map(row.map((spot) => [spot, middle(spot[side], spot.x)]));
  const want = (spot: Spot) => wanted.get(spot) ?? spot.x;
  row.sort((a, b) => want(a) - want(b));
  let edge = Number.NEGATIVE_INFINITY;
  for (const spot of row) {
    spot.x = Math.max(want(spot), edge + spot.width / 2);
    edge = spot.x + spot.width / 2 + GAP;
  }
  const shift = row.reduce((sum, spot) => sum + want(spot) - spot.x, 0) / row.length;
  for (const spot of row) spot.x += shift;
}

const middle = (spots: readonly Spot[], otherwise: number): number =>
  spots.length === 0 ? otherwise : spots.reduce((sum, { x }) => sum + x, 0) / spots.length;
