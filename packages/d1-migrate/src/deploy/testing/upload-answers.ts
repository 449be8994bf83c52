import type { Fault } from 'cloudflare-api';

/** The version that the answers give to a Worker. */
export const VERSION = '0f0e0d0c-0b0a-4909-8807-060504030201';

const missing = (path: string, code: number): Fault => ({
  method: 'GET',
  path,
  times: 'all',
  action: { kind: 'answer', status: 404, code },
});

const answer = (method: string, path: string, result: object): Fault => ({
  method,
  path,
  times: 'all',
  action: {
    kind: 'answer',
    status: 200,
    body: JSON.stringify({ success: true, errors: [], messages: [], result }),
  },
});

/** What Cloudflare answers to the upload of a Worker that is not there yet; the stand-in has no Workers. */
export const UPLOAD_ANSWERS: readonly Fault[] = [
  answer('GET', '*/workers/workers/*', { subdomain: { enabled: false, previews_enabled: false } }),
  answer('GET', '*/workers/scripts/*/subdomain', { enabled: false, previews_enabled: false }),
  // Old versions of wrangler ask for the service, new ones for the script.
  missing('*/workers/services/*', 10090),
  missing('*/workers/scripts/*', 10007),
  answer('POST', '*/workers/scripts/*', {}),
  answer('PUT', '*/workers/scripts/*', {
    id: 'shop',
    tag: 'tag',
    startup_time_ms: 1,
    deployment_id: VERSION,
  }),
];
