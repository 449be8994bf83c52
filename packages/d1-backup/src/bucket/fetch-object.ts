import type { Readable } from 'node:stream';
import type { ContentCheck, ObjectMetadata } from '../format/index.ts';
import { readDigest, startDownload, type Download, type WaitingPlace } from './download.ts';
import { findPartSize } from './etag-check.ts';
import type { RetryOptions } from './requests.ts';
import { StoreFailure, type ListedObject, type ObjectStore } from './store.ts';

/** An object that is here whole, and is the one in the bucket. */
export interface FetchedObject {
  readonly etag: string;
  readonly size: number;
  readonly sha256: string;
  readonly metadata: ObjectMetadata;
  readonly check: ContentCheck;
  readonly partSize: number | undefined;
  readonly content: Buffer | (() => Readable);
  readonly discard: () => Promise<void>;
}

export interface FetchOptions extends WaitingPlace {
  readonly retry?: RetryOptions | undefined;
}

/** How often content that is not what its ETag says is fetched again. */
const MOST_DOWNLOADS = 3;

/** Fetches an object as it was listed, and checks it against its ETag. Throws `StoreFailure`. */
export async function fetchObject(
  store: ObjectStore,
  listed: ListedObject,
  { file, room, retry }: FetchOptions,
): Promise<FetchedObject> {
  const download = startDownload(store, listed, { file, room });
  try {
    for (let count = 1; count <= MOST_DOWNLOADS; count++) {
      const metadata = await download.receive(retry);
      const proof = await prove(download, store, listed, retry);
      if (proof !== undefined) {
        const { etag, size } = listed;
        return {
          etag,
          size,
          metadata,
          ...proof,
          content: await download.content(),
          discard: download.discard,
        };
      }
      download.startAnew();
    }
    throw new StoreFailure('refused', 'What comes is not what its ETag says, however often it is read.');
  } catch (error) {
    await download.discard();
    throw error;
  }
}

type Proof = Pick<FetchedObject, 'sha256' | 'check' | 'partSize'>;

/** Undefined when something has changed the content on the way. */
async function prove(
  download: Download,
  store: ObjectStore,
  listed: ListedObject,
  options: RetryOptions | undefined,
): Promise<Proof | undefined> {
  const { etag, sha256, partSize } = download.digests();
  if (etag === 'differs') return undefined;
  if (etag === 'matches') return { sha256, partSize, check: partSize === undefined ? 'md5' : 'multipart' };
  const found = await findPartSize(listed.etag, listed.size, download.chunks());
  if (found !== undefined) return { sha256, partSize: found, check: 'multipart' };
  // The ETag tells nothing; a second reading does.
  const isSame = (await readDigest(store, listed, options)) === sha256;
  return isSame ? { sha256, partSize, check: 'read-twice' } : undefined;
}
