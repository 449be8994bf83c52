// usage: node serve-photos.ts '{"bucket": {"count": 10, "size": 1000}}'
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { openRemoteStore } from '../bucket/remote-store.ts';
import { startS3Server } from './s3-server.ts';

// Serves buckets with random objects of so many bytes, and prints how to reach them when all are there. Ends with its
// standard input. For benchmarks, which need a server in a process of its own.

interface Filling {
  readonly count: number;
  readonly size: number;
}

const AT_ONCE = { bytes: 128 * 1024 * 1024, objects: 16 };

const buckets: Readonly<Record<string, Filling>> = JSON.parse(process.argv[2] ?? '{}');
const server = await startS3Server(Object.keys(buckets));

async function fill(bucket: string, { count, size }: Filling): Promise<void> {
  const store = openRemoteStore({ access: server.access, bucket });
  let next = 0;
  const work = async () => {
    while (next < count) {
      const key = `originals/${String(next++).padStart(6, '0')}.jpg`;
      const content = randomBytes(size);
      const read = (from: number) => Readable.from([content.subarray(from)], { objectMode: false });
      await store.put({ key, size, metadata: { contentType: 'image/jpeg', custom: {} }, read });
    }
  };
  const workers = Math.min(AT_ONCE.objects, Math.max(1, Math.floor(AT_ONCE.bytes / size)));
  await Promise.all(Array.from({ length: workers }, work));
  await store.close();
}

for (const [bucket, filling] of Object.entries(buckets)) await fill(bucket, filling);
process.stdout.write(`${JSON.stringify(server.access)}\n`);
process.stdin.resume();
process.stdin.on('end', () => void server.close());
