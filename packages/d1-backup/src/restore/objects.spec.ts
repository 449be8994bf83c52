import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import type { ObjectStore } from '../bucket/index.ts';
import { StoreFailure } from '../bucket/store.ts';
import { writeTestArchive } from '../testing/archive.ts';
import { openArchive, type Archive } from '../zip/index.ts';
import { objectsOf, planObjects, putObjects } from './objects.ts';
import { requireReplaceable } from './plan.ts';

const md5 = (content: string): string => createHash('md5').update(content).digest('hex');

/** A bucket in memory, which reads prefixes as UTF-8 as R2 does. `onPut` is called before an object is put. */
function memoryStore(objects: Map<string, string>, onPut: () => void = () => undefined): ObjectStore {
  const head = (key: string) => ({
    key,
    etag: md5(objects.get(key) ?? ''),
    size: objects.get(key)?.length ?? 0,
  });
  return {
    location: 'remote',
    bucket: 'test',
    list: async (prefix) => ({
      objects: [...objects.keys()].filter((key) => key.startsWith(Buffer.from(prefix).toString())).map(head),
      cursor: undefined,
    }),
    open: () => Promise.reject(new Error('Nobody reads.')),
    async put(object) {
      onPut();
      const there = objects.has(object.key) ? head(object.key).etag : undefined;
      const { expects } = object;
      if (expects !== undefined && there !== (expects === 'nothing' ? undefined : expects.etag))
        throw new StoreFailure('changed', 'HTTP 412, PreconditionFailed');
      objects.set(object.key, (await buffer(object.read(0))).toString());
      return { etag: head(object.key).etag };
    },
    requireWritable: async () => undefined,
    remove: async () => undefined,
    close: async () => undefined,
  };
}

async function withArchive(
  photos: Readonly<Record<string, string>>,
  work: (archive: Archive) => Promise<void>,
): Promise<void> {
  const archive = await openArchive(await writeTestArchive(temporaryFolder(), { photos }));
  await work(archive).finally(() => archive.close());
}

async function putBack(archive: Archive, store: ObjectStore): Promise<void> {
  const plan = await planObjects(archive, objectsOf(archive, ''), store, '');
  await putObjects(archive, plan, store, { concurrency: 2, onPut: () => undefined });
}

describe('objects that are put back', () => {
  it('are found again where their keys differ in the second half of a character', () =>
    withArchive({ '😀.jpg': 'a', '😁.jpg': 'b' }, async (archive) => {
      const objects = new Map<string, string>();
      await putBack(archive, memoryStore(objects));
      expect(objects).toEqual(new Map(Object.entries({ '😀.jpg': 'a', '😁.jpg': 'b' })));
    }));

  it('do not replace an object that came after the bucket was listed', () =>
    withArchive({ 'a.jpg': 'saved' }, async (archive) => {
      const objects = new Map<string, string>();
      const store = memoryStore(objects, () => void objects.set('a.jpg', 'new'));
      const error = await errorOf(putBack(archive, store));
      expect(error).toMatchObject({
        code: 'object-changed-meanwhile',
        message: expect.stringContaining('"a.jpg"'),
      });
      expect(objects.get('a.jpg')).toBe('new');
    }));

  it('do not replace an object that is another one than was listed', () =>
    withArchive({ 'a.jpg': 'saved' }, async (archive) => {
      const objects = new Map([['a.jpg', 'old']]);
      const store = memoryStore(objects, () => void objects.set('a.jpg', 'new'));
      expect(await errorOf(putBack(archive, store))).toMatchObject({ code: 'object-changed-meanwhile' });
      expect(objects.get('a.jpg')).toBe('new');
    }));

  it('are there when the answer to an upload was lost and it was tried again', () =>
    withArchive({ 'a.jpg': 'saved' }, async (archive) => {
      const objects = new Map<string, string>();
      const store = memoryStore(objects);
      let puts = 0;
      const losing: ObjectStore = {
        ...store,
        async put(object) {
          const answer = await store.put(object);
          if (++puts === 1) throw new StoreFailure('passing', 'The connection broke.');
          return answer;
        },
      };
      await putBack(archive, losing);
      expect(puts).toBe(1);
      expect(objects.get('a.jpg')).toBe('saved');
    }));

  it('replace others only with --overwrite: --resume alone gives no such right', () =>
    withArchive({ 'a.jpg': 'saved' }, async (archive) => {
      const plan = await planObjects(
        archive,
        objectsOf(archive, ''),
        memoryStore(new Map([['a.jpg', 'mine']])),
        '',
      );
      expect(() => requireReplaceable(plan, { overwrite: false })).toThrow(/another content/);
      expect(() => requireReplaceable(plan, { overwrite: true })).not.toThrow();
    }));
});
