import type { D1Database, R2Bucket } from '@cloudflare/workers-types';

/** What wrangler.toml binds to the Worker in each of its environments. */
export interface Env {
  readonly DB: D1Database;
  readonly PHOTOS: R2Bucket;
}

/** The type parameter of every Hono app here. */
export interface AppEnv {
  Bindings: Env;
}
