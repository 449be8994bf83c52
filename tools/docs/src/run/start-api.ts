import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { readWranglerConfig } from 'd1-core/environment';
import { join } from 'node:path';
import { REPOSITORY } from './page.ts';

/** A stand-in of Cloudflare with the databases of the Worker, as `npm run cloudflare-api` has them. */
export async function startApi(): Promise<CloudflareApi> {
  const databases = readWranglerConfig(join(REPOSITORY, 'apps/workers/wrangler.toml'))
    .environments.flatMap((environment) => environment.databases)
    .flatMap(({ databaseId: id, databaseName: name }) =>
      id === undefined || name === undefined ? [] : [{ id, name }],
    );
  const api = await startCloudflareApi({ databases });
  await api.warmUp();
  return api;
}
