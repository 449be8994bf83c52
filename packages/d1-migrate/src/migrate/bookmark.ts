import { readBookmark } from 'd1-core/wrangler';
import { retryRead } from 'd1-core/run';
import { wranglerTarget, type Target } from 'd1-core/target';

/** Milliseconds that Cloudflare may take to answer before wrangler is asked instead. */
const TIMEOUT = 5_000;

/** With one of these, only wrangler knows the way to Cloudflare. */
const DETOURS = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'CLOUDFLARE_COMPLIANCE_REGION',
  'WRANGLER_API_ENVIRONMENT',
];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The Time Travel bookmark of a remote database as it is now. With an API token it is one request, the one that wrangler
 * makes too; where there is no token, or no answer, it is a run of wrangler, which takes a second.
 */
export async function takeBookmark(target: Target, env: Variables = process.env): Promise<string> {
  const answer = await askCloudflare(target, env);
  return answer ?? retryRead(() => readBookmark(target.wrangler, wranglerTarget(target)));
}

/** https://developers.cloudflare.com/api/resources/d1/subresources/database/subresources/time_travel/ */
async function askCloudflare({ environment, database }: Target, env: Variables): Promise<string | undefined> {
  const token = env['CLOUDFLARE_API_TOKEN'];
  const account = environment.accountId ?? env['CLOUDFLARE_ACCOUNT_ID'];
  const base = env['CLOUDFLARE_API_BASE_URL'] ?? 'https://api.cloudflare.com/client/v4';
  if (!token || !account || DETOURS.some((name) => env[name])) return undefined;
  const path = `/accounts/${account}/d1/database/${database.databaseId}/time_travel/bookmark`;
  try {
    const response = await fetch(`${base}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return response.ok ? bookmarkOf(await response.json()) : undefined;
  } catch {
    return undefined; // Wrangler tries it in its own way, and explains what is wrong.
  }
}

function bookmarkOf(answer: unknown): string | undefined {
  const result = property(answer, 'result');
  const bookmark = property(result, 'bookmark');
  return property(answer, 'success') === true && typeof bookmark === 'string' && bookmark !== ''
    ? bookmark
    : undefined;
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
