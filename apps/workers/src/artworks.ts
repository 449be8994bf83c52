import { Hono } from 'hono';
import { ApiError } from './api-error.ts';
import { parseArtworksQuery, type ArtworksQuery } from './artworks-query.ts';
import type { AppEnv } from './env.ts';

/** Drafts and removed artworks are never shown. */
export const artworks = new Hono<AppEnv>()
  .get('/', async (context) => {
    const query = parseArtworksQuery(context.req.queries());
    return context.json(await listArtworks(context.env.DB, query));
  })
  .get('/:id', async (context) => {
    const id = context.req.param('id');
    const artwork = await findArtwork(context.env.DB, id);
    if (artwork === null) throw artworkNotFound(id);
    return context.json(artwork);
  });

export function artworkNotFound(id: string): ApiError {
  return new ApiError(404, 'artwork-not-found', `There is no artwork "${id}".`);
}

interface Artwork {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly address: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface ArtworksPage {
  readonly artworks: readonly Artwork[];
  /** Pass as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

interface ArtworkDetails extends Artwork {
  readonly artists: readonly { readonly id: string; readonly name: string; readonly role: string }[];
  readonly tags: readonly string[];
  /** Keys for `GET /photos/:key`. */
  readonly photos: readonly {
    readonly originalKey: string;
    readonly thumbnailKey: string | null;
    readonly caption: string | null;
  }[];
}

const ARTWORK_COLUMNS = `id, title, description, address, latitude, longitude,
  created_at AS createdAt, updated_at AS updatedAt`;

async function listArtworks(database: D1Database, query: ArtworksQuery): Promise<ArtworksPage> {
  const { limit, cursor, tag, boundingBox } = query;
  const conditions = ["status = 'published'"];
  const values: (string | number)[] = [];
  const where = (condition: string, ...bound: readonly (string | number)[]) => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (cursor !== undefined) where('id > ?', cursor);
  if (tag !== undefined) {
    where(
      `id IN (SELECT artwork_id FROM artwork_tags JOIN tags ON tags.id = artwork_tags.tag_id WHERE tags.name = ?)`,
      tag,
    );
  }
  if (boundingBox !== undefined) {
    where('latitude BETWEEN ? AND ?', boundingBox.south, boundingBox.north);
    where('longitude BETWEEN ? AND ?', boundingBox.west, boundingBox.east);
  }
  // One row more than asked for tells whether there is a next page.
  const { results } = await database
    .prepare(`SELECT ${ARTWORK_COLUMNS} FROM artworks WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`)
    .bind(...values, limit + 1)
    .all<Artwork>();
  const page = results.slice(0, limit);
  return { artworks: page, nextCursor: results.length > limit ? (page.at(-1)?.id ?? null) : null };
}

async function findArtwork(database: D1Database, id: string): Promise<ArtworkDetails | null> {
  const artwork = await database
    .prepare(`SELECT ${ARTWORK_COLUMNS} FROM artworks WHERE id = ? AND status = 'published'`)
    .bind(id)
    .first<Artwork>();
  if (artwork === null) return null;
  const [artists, tags, photos] = await Promise.all([
    database
      .prepare(
        `SELECT artists.id, artists.name, role FROM artwork_artists
         JOIN artists ON artists.id = artist_id WHERE artwork_id = ? ORDER BY artists.name, artists.id`,
      )
      .bind(id)
      .all<ArtworkDetails['artists'][number]>(),
    database
      .prepare(
        `SELECT name FROM artwork_tags JOIN tags ON tags.id = tag_id WHERE artwork_id = ? ORDER BY name`,
      )
      .bind(id)
      .all<{ readonly name: string }>(),
    database
      .prepare(
        `SELECT original_key AS originalKey, thumbnail_key AS thumbnailKey, caption FROM photos
         WHERE artwork_id = ? ORDER BY created_at, id`,
      )
      .bind(id)
      .all<ArtworkDetails['photos'][number]>(),
  ]);
  return {
    ...artwork,
    artists: artists.results,
    tags: tags.results.map(({ name }) => name),
    photos: photos.results,
  };
}
