import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readWranglerConfig } from 'd1-core/environment';
import { startCloudflareApi } from './cloudflare-api.ts';

const { values } = parseArgs({
  options: {
    /** A free port by default. */
    port: { type: 'string', default: '0' },
    /** Keeps databases and buckets in this folder. */
    'persist-to': { type: 'string' },
    /** The wrangler config whose databases and buckets there are, those of every environment. */
    config: {
      type: 'string',
      default: resolve(import.meta.dirname, '../../../apps/workers/wrangler.toml'),
    },
  },
});

const { environments } = readWranglerConfig(resolve(values.config));
const databases = environments
  .flatMap((environment) => environment.databases)
  .flatMap(({ databaseId: id, databaseName: name }) =>
    id === undefined || name === undefined ? [] : [{ id, name }],
  );
const buckets = environments
  .flatMap((environment) => environment.buckets)
  .flatMap(({ bucketName: name }) => (name === undefined ? [] : [{ name }]));

const api = await startCloudflareApi({
  port: Number(values.port),
  ...(values['persist-to'] === undefined ? {} : { persistTo: resolve(values['persist-to']) }),
  databases: uniqueBy(databases, ({ id }) => id),
  buckets: uniqueBy(buckets, ({ name }) => name),
});

await api.warmUp();
for (const signal of ['SIGTERM', 'SIGINT']) {
  // Miniflare has put a listener there that ends the process before anything can be cleaned up.
  process.removeAllListeners(signal);
  process.once(signal, () => void api.close().then(() => process.exit(0)));
}

const { baseUrl, accountId, apiToken } = api;
console.log(JSON.stringify({ baseUrl, accountId, apiToken }));

/** Environments may share a database. */
function uniqueBy<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
