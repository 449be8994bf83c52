export { type S3Access, readS3Access } from './credentials.ts';
export { readDigest } from './download.ts';
export { findPartSize, hashContent } from './etag-check.ts';
export { type PreviousObjects, fetchObjects } from './fetch-objects.ts';
export { type BucketAddress, asPrefix, chooseBucket, openStore, readBucketAddress } from './open-store.ts';
export { ordered } from './ordered.ts';
export { openRemoteStore } from './remote-store.ts';
export { explained, findObject, listObjects, retry } from './requests.ts';
export { StoreFailure, type ListedObject, type ObjectStore } from './store.ts';
