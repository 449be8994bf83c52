import type { Bucket } from '../buckets.ts';
import { isPage } from '../buckets.ts';
import type { Cloud } from '../cloud.ts';
import { ApiError, success } from '../reply.ts';
import { readObject, requiredText } from '../request.ts';
import type { Route } from '../router.ts';

const BUCKETS = '/accounts/:account/r2/buckets';
const OBJECT = `${BUCKETS}/:bucket/objects/*key`;

/** Buckets and their objects. */
export function r2Routes({ buckets }: Cloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: BUCKETS,
      handle: ({ param }) => success({ buckets: buckets.list(param('account')).map(summary) }),
    },
    {
      method: 'POST',
      pattern: BUCKETS,
      handle: (request) =>
        success(summary(buckets.create(request.param('account'), requiredText(readObject(request), 'name')))),
    },
    {
      method: 'GET',
      pattern: `${BUCKETS}/:bucket`,
      handle: ({ param }) => success(summary(buckets.get(param('account'), param('bucket')))),
    },
    {
      method: 'DELETE',
      pattern: `${BUCKETS}/:bucket`,
      async handle({ param }) {
        await buckets.delete(buckets.get(param('account'), param('bucket')));
        return success({});
      },
    },
    {
      method: 'GET',
      pattern: `${BUCKETS}/:bucket/objects`,
      async handle({ param, query }) {
        const response = await buckets.request(buckets.get(param('account'), param('bucket')), {
          kind: 'list',
          search: listOptions(query),
        });
        const page: unknown = await response.json();
        if (!isPage(page)) throw new ApiError(400, 10005, 'The list parameters are not valid.');
        return success(page.objects, {
          per_page: Number(listOptions(query)['limit']),
          delimited: page.delimitedPrefixes,
          is_truncated: page.truncated,
          ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
        });
      },
    },
    {
      method: 'GET',
      pattern: OBJECT,
      async handle({ param }) {
        const bucket = buckets.get(param('account'), param('bucket'));
        const response = await buckets.request(bucket, { kind: 'object', search: { key: param('key') } });
        if (response.status !== 200) throw new ApiError(404, 10007, 'The specified key does not exist.');
        return {
          status: 200,
          headers: readMetadata(response),
          body: Buffer.from(await response.arrayBuffer()),
        };
      },
    },
    {
      method: 'PUT',
      pattern: OBJECT,
      async handle({ param, headers, body }) {
        const bucket = buckets.get(param('account'), param('bucket'));
        const response = await buckets.request(bucket, {
          kind: 'object',
          search: { key: param('key') },
          method: 'PUT',
          body: new Uint8Array(body),
          headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
            METADATA.has(name) && typeof value === 'string' ? [[name, value]] : [],
          ),
        });
        if (response.status !== 200)
          throw new ApiError(400, 10020, 'The specified object name is not valid.');
        return success(await response.json());
      },
    },
    {
      method: 'DELETE',
      pattern: OBJECT,
      async handle({ param }) {
        const bucket = buckets.get(param('account'), param('bucket'));
        await buckets.request(bucket, { kind: 'object', search: { key: param('key') }, method: 'DELETE' });
        return success({ key: param('key') });
      },
    },
  ];
}

/** What R2 keeps with an object. */
const METADATA = new Set([
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
]);

/** The headers of an object, as the Worker packs them. */
function readMetadata(response: Response): Record<string, string> {
  const headers: unknown = JSON.parse(decodeURIComponent(response.headers.get('x-metadata') ?? '%5B%5D'));
  return Array.isArray(headers) ? Object.fromEntries(headers) : {};
}

/** The names of the REST API, and of the binding. */
const LIST_OPTIONS = [
  ['per_page', 'limit'],
  ['prefix', 'prefix'],
  ['cursor', 'cursor'],
  ['delimiter', 'delimiter'],
  ['start_after', 'startAfter'],
] as const;

function listOptions(query: URLSearchParams): Record<string, string> {
  const given = LIST_OPTIONS.flatMap(([name, option]) => {
    const value = query.get(name);
    return value === null ? [] : [[option, value]];
  });
  return { limit: '20', ...Object.fromEntries(given) };
}

const summary = ({ name, createdAt }: Bucket) => ({
  name,
  creation_date: createdAt,
  location: 'WEUR',
  storage_class: 'Standard',
});
