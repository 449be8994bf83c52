import { ApiError } from './api-error.ts';

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

/** Degrees (WGS 84). */
export interface BoundingBox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface ArtworksQuery {
  readonly limit: number;
  /** The id of the last artwork of the page before. */
  readonly cursor: string | undefined;
  readonly tag: string | undefined;
  readonly boundingBox: BoundingBox | undefined;
}

const PARAMETERS: readonly string[] = ['limit', 'cursor', 'tag', 'bbox'];

/** Reads the query of `GET /artworks`. A parameter that is unknown, empty or given twice is an error, not ignored. */
export function parseArtworksQuery(query: Readonly<Record<string, readonly string[]>>): ArtworksQuery {
  for (const [name, values] of Object.entries(query)) {
    if (!PARAMETERS.includes(name)) {
      throw invalid(`There is no parameter "${name}". The parameters are ${PARAMETERS.join(', ')}.`);
    }
    if (values.length > 1) throw invalid(`The parameter "${name}" is given ${values.length} times.`);
    if (values[0] === '') throw invalid(`The parameter "${name}" is empty.`);
  }
  return {
    limit: parseLimit(query['limit']?.[0]),
    cursor: query['cursor']?.[0],
    tag: query['tag']?.[0],
    boundingBox: parseBoundingBox(query['bbox']?.[0]),
  };
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`"limit" must be a whole number from 1 to ${MAX_LIMIT}, and is "${text}".`);
  }
  return limit;
}

function parseBoundingBox(text: string | undefined): BoundingBox | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',');
  const [west, south, east, north] = parts.map(Number);
  if (
    parts.length !== 4 ||
    !parts.every((part) => /^-?\d+(\.\d+)?$/.test(part)) ||
    west === undefined ||
    south === undefined ||
    east === undefined ||
    north === undefined
  ) {
    throw invalid(`"bbox" must be four numbers, west,south,east,north, and is "${text}".`);
  }
  if (west < -180 || east > 180 || south < -90 || north > 90) {
    throw invalid('"bbox" must lie within -180,-90,180,90.');
  }
  if (west > east || south > north) {
    throw invalid('"bbox" must be west,south,east,north, with west <= east and south <= north.');
  }
  return { west, south, east, north };
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'invalid-query', message);
}
