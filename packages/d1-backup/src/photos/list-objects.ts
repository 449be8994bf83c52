import { retry, type RetryOptions } from './retry.ts';
import type { ListedObject, ObjectStore } from './store.ts';

/** All objects below a prefix, page by page. Objects that come twice are given once. */
export async function* listObjects(
  store: ObjectStore,
  prefix = '',
  options?: RetryOptions,
): AsyncGenerator<ListedObject> {
  let cursor: string | undefined;
  let last: string | undefined;
  do {
    const page = await retry(() => store.list(prefix, cursor), options);
    for (const object of page.objects) {
      if (object.key === last) continue;
      last = object.key;
      yield object;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
