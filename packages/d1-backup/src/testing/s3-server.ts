import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { findWrangler } from 'd1-core/wrangler';
import type { S3Access } from '../bucket/credentials.ts';

export interface S3Server {
  readonly access: S3Access;
  /** For what the tests ask the server by themselves. */
  readonly client: S3Client;
  close(): Promise<void>;
}

interface MiniflareModule {
  readonly Miniflare: new (options: object) => { readonly ready: Promise<URL>; dispose(): Promise<void> };
  readonly convertV4MiniflareOptions: (options: object) => object;
}

const isMiniflare = (loaded: unknown): loaded is MiniflareModule =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'Miniflare' in loaded &&
  'convertV4MiniflareOptions' in loaded;

/**
 * Cloudflare's own local stand-in of R2's S3 interface, with buckets in it. Only newer versions of Miniflare have one,
 * so it is always the one of the newest wrangler.
 * `persistTo` is a folder as wrangler has it; without it the buckets are temporary.
 */
export async function startS3Server(buckets: readonly string[], persistTo?: string): Promise<S3Server> {
  const { packageFile } = findWrangler(process.cwd(), 'wrangler');
  const loaded: unknown = await import(pathToFileURL(createRequire(packageFile).resolve('miniflare')).href);
  if (!isMiniflare(loaded)) throw new Error('This Miniflare has no S3 interface.');
  const credentials = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-key' };
  const options = loaded.convertV4MiniflareOptions({
    modules: true,
    script: 'export default { fetch: () => new Response() }',
    compatibilityDate: '2025-08-01',
    r2Buckets: Object.fromEntries(buckets.map((id) => [id, { id, s3Credentials: credentials }])),
    ...(persistTo === undefined ? {} : { resourcePersistencePath: join(persistTo, 'v3') }),
  });
  const miniflare = new loaded.Miniflare({ ...options, cf: false, host: '127.0.0.1', port: 0 });
  const endpoint = `${(await miniflare.ready).origin}/cdn-cgi/local/r2/s3`;
  const client = new S3Client({
    endpoint,
    region: 'auto',
    forcePathStyle: true,
    credentials,
    expectContinueHeader: false,
  });
  return {
    access: { endpoint, ...credentials },
    client,
    async close() {
      client.destroy();
      await miniflare.dispose();
    },
  };
}
