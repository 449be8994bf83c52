import type { CloudflareApi } from './cloudflare-api.ts';

/** Runs SQL on a database by its API, past wrangler, which takes a second for each question. Gives the rows of each statement. */
export async function askDatabase(
  { baseUrl, accountId, apiToken }: Pick<CloudflareApi, 'baseUrl' | 'accountId' | 'apiToken'>,
  id: string,
  sql: string,
): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]> {
  const response = await fetch(`${baseUrl}/accounts/${accountId}/d1/database/${id}/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}` },
    body: JSON.stringify({ sql }),
  });
  const { success, result, errors } = JSON.parse(await response.text());
  if (success !== true) throw new Error(JSON.stringify(errors));
  return result.map(({ results }: { results: readonly Readonly<Record<string, unknown>>[] }) => results);
}
