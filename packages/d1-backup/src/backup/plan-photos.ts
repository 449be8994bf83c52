import type { Target } from 'd1-core/target';
import {
  chooseBucket,
  explained,
  listObjects,
  openStore,
  retry,
  type ListedObject,
  type ObjectStore,
} from '../photos/index.ts';

/** The photos that are to be saved. */
export interface PhotoPlan {
  readonly store: ObjectStore;
  readonly objects: readonly ListedObject[];
  /** Of all together. */
  readonly bytes: number;
}

/** Opens the bucket with the photos; undefined where the environment has none. */
export function openPhotos(
  target: Target,
  { bucket, concurrency }: { readonly bucket?: string | undefined; readonly concurrency: number },
): ObjectStore | undefined {
  const binding = chooseBucket(target.environment, bucket);
  return binding && openStore(target, binding, { connections: concurrency });
}

/** Lists what is in a bucket now. */
export async function listPhotos(
  store: ObjectStore,
  prefix: string,
  onCount: (count: number) => void = () => undefined,
): Promise<PhotoPlan> {
  const objects: ListedObject[] = [];
  let bytes = 0;
  await explained(store, 'list', async () => {
    for await (const object of listObjects(store, prefix)) {
      objects.push(object);
      bytes += object.size;
      if (objects.length % 1000 === 0) onCount(objects.length);
    }
  });
  return { store, objects, bytes };
}

/** Throws where a bucket cannot be listed. */
export async function requireReachable(store: ObjectStore, prefix: string): Promise<void> {
  await explained(store, 'list', () => retry(() => store.list(prefix)));
}
