import { Hono } from 'hono';
import { answerError, answerNotFound } from './api-error.ts';
import { artworks } from './artworks.ts';
import { edits } from './edits.ts';
import type { AppEnv } from './env.ts';
import { health, requireSchema } from './health.ts';
import { photos } from './photos.ts';

export default new Hono<AppEnv>()
  .onError(answerError)
  .notFound(answerNotFound)
  .route('/health', health)
  .use('/artworks/*', requireSchema)
  .route('/artworks', artworks)
  .route('/artworks', edits)
  .route('/photos', photos);
