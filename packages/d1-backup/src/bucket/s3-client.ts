import { S3Client } from '@aws-sdk/client-s3';
import type { S3Access } from './credentials.ts';
import { kindOfStatus, retryAfterOf, StoreFailure, type FailureKind } from './store.ts';

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
    // Else the way of each request through the SDK is put together again.
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

/**
 * Whether an ETag was made of the content: not where the server encrypts with a key of KMS or of the customer.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export const isContentEtag = ({
  ServerSideEncryption: encryption = '',
  SSECustomerAlgorithm: ownKey,
}: {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}): boolean => !encryption.startsWith('aws:kms') && ownKey === undefined;

/** Codes of S3 that say more than their status. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  NoSuchBucket: 'denied',
  RequestTimeTooSkewed: 'denied',
  SlowDown: 'passing',
  RequestTimeout: 'passing',
  BadDigest: 'passing',
  SignatureDoesNotMatch: 'refused',
};

/** What the SDK threw, as a failure of the store. */
export function readFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const { status, headers } = responseOf(error);
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  const text = name === '' || message.startsWith(name) || name === 'Error' ? message : `${name}: ${message}`;
  // Without a status there was no answer: the connection broke, or could not be made.
  const kind = KINDS[name] ?? (status === undefined || status < 400 ? 'passing' : kindOfStatus(status));
  return new StoreFailure(kind, status === undefined ? text : `HTTP ${status}, ${text}`, {
    retryAfter: retryAfterOf(headers['retry-after']),
    cause: error,
  });
}

/** Servers take `.` and `..` out of the path of a URL, and then read another key than was signed. */
const hasDotSegment = (key: string): boolean => /(?:^|\/)\.\.?(?:\/|$)/.test(key);

/** What the SDK threw at a request for one object. */
export function readObjectFailure(error: unknown, key: string): StoreFailure {
  const failure = readFailure(error);
  if (!hasDotSegment(key) || failure.kind === 'passing') return failure;
  return new StoreFailure(
    'refused',
    `A key with "." or ".." between its slashes cannot be reached through S3 here (${failure.message}).`,
    { cause: error },
  );
}

export const passingFailure = (message: string): StoreFailure => new StoreFailure('passing', message);

interface ResponseFacts {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The SDK keeps the HTTP response in a property that its types do not show. */
function responseOf(error: unknown): ResponseFacts {
  const response = property(error, '$response');
  const status = property(response, 'statusCode') ?? property(property(error, '$metadata'), 'httpStatusCode');
  const headers = property(response, 'headers');
  return {
    status: typeof status === 'number' ? status : undefined,
    headers: {
      'retry-after': headerText(property(headers, 'retry-after') ?? property(headers, 'Retry-After')),
    },
  };
}

const headerText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const descriptor: unknown = Reflect.get(value, name);
  return descriptor;
}
