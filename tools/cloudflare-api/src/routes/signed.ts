import type { Cloud } from '../cloud.ts';
import type { Route } from '../router.ts';
import { md5 } from './import.ts';

/** Upload and download without a token, as at the storage service behind a signed URL. */
export function signedRoutes({ files }: Cloud): readonly Route[] {
  const pattern = '/signed/:file';
  return [
    {
      method: 'PUT',
      pattern,
      handle({ param, body }) {
        if (!files.put(param('file'), body))
          return { status: 403, headers: {}, body: Buffer.from('Forbidden') };
        return { status: 200, headers: { etag: `"${md5(body)}"` }, body: Buffer.alloc(0) };
      },
    },
    {
      method: 'GET',
      pattern,
      handle({ param }) {
        const body = files.get(param('file'));
        return body === undefined
          ? { status: 404, headers: {}, body: Buffer.from('Not Found') }
          : { status: 200, headers: { 'content-type': 'application/sql' }, body };
      },
    },
  ];
}
