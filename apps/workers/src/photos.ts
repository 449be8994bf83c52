import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './env.ts';

/** The longest key that R2 knows, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;

export const photos = new Hono<AppEnv>().get('/:key{.+}', etag(), async (context) => {
  const key = context.req.param('key');
  const tooLong = new TextEncoder().encode(key).length > MAX_KEY_BYTES;
  const object = tooLong ? null : await context.env.PHOTOS.get(key);
  if (object === null) throw new ApiError(404, 'photo-not-found', `There is no photo "${key}".`);

  const headers = new Headers({
    'cache-control': 'public, max-age=86400',
    'content-type': 'application/octet-stream',
    'content-length': String(object.size),
    etag: object.httpEtag,
    // An upload that is not a picture must not be run as a page.
    'x-content-type-options': 'nosniff',
  });
  object.writeHttpMetadata(headers);
  return new Response(object.body, { headers });
});
