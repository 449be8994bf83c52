import { S3Client } from '@aws-sdk/client-s3';
import type { S3Access } from './credentials.ts';

/** Milliseconds until a connection must stand, and until something must come on it. */
const TIMEOUTS = { connectionTimeout: 15_000, socketTimeout: 60_000, requestTimeout: 0 };

/** A client whose requests are made once: what is tried again, and when, is decided in one place for all stores. */
export function openS3Client(access: S3Access, connections = 16): S3Client {
  return new S3Client({
    endpoint: access.endpoint,
    region: 'auto',
    forcePathStyle: true,
    credentials: { accessKeyId: access.accessKeyId, secretAccessKey: access.secretAccessKey },
    maxAttempts: 1,
    // Else the way of each request through the SDK is put together anew.
    cacheMiddleware: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Not every S3 server answers "Expect: 100-continue", and then the upload hangs.
    expectContinueHeader: false,
    requestHandler: {
      ...TIMEOUTS,
      httpAgent: { maxSockets: connections, keepAlive: true },
      httpsAgent: { maxSockets: connections, keepAlive: true },
    },
  });
}
