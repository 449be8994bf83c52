import { isD1Error } from 'd1-core/errors';
import { explainBucketError } from './requests.ts';
import { StoreFailure, type ObjectStore } from './store.ts';

const store: Pick<ObjectStore, 'bucket' | 'location'> = { bucket: 'photos', location: 'remote' };

describe('an object that is gone when it is read', () => {
  it('is no trouble of Cloudflare, and the bucket is to be listed again', () => {
    const error = explainBucketError(
      new StoreFailure('refused', 'HTTP 404, NoSuchKey: The specified key does not exist.'),
      store,
      'reading "a.jpg"',
    );
    expect(isD1Error(error) && [error.code, error.message, error.fix]).toEqual([
      'object-gone',
      expect.stringContaining('reading "a.jpg"'),
      expect.not.stringMatching(/cloudflarestatus|concurrency/),
    ]);
  });
});
