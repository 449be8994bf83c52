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

describe('a bucket that is not there', () => {
  it.each([
    'HTTP 404, NoSuchBucket: The specified bucket does not exist.',
    'HTTP 404, NotFound: UnknownError',
  ])('is no outage of Cloudflare: %s', (message) => {
    const error = explainBucketError(new StoreFailure('vanished', message), store, 'list');
    expect(isD1Error(error) && [error.code, error.exitCode, error.fix]).toEqual([
      'unknown-bucket',
      2,
      expect.stringContaining('bucket_name'),
    ]);
  });
});
