import { startCloudflareApi, type CloudflareApi } from './index.ts';

describe('tokens', () => {
  const own = { id: '0000000000000000000000000000000a', name: 'Own' };
  const foreign = { id: '0000000000000000000000000000000b', name: 'Foreign' };
  let api: CloudflareApi;

  beforeAll(async () => {
    api = await startCloudflareApi({
      accounts: [own, foreign],
      tokens: { own: [own.id], both: [own.id, foreign.id] },
    });
  });

  afterAll(() => api.close());

  const get = async (path: string, token?: string) => {
    const response = await fetch(api.baseUrl + path, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: await response.json() };
  };

  it.each([
    ['no token', undefined, `/accounts/${own.id}/d1/database`, 400, 9106],
    ['an unknown token for an account', 'unknown', `/accounts/${own.id}/d1/database`, 401, 10000],
    ['an unknown token for its accounts', 'unknown', '/memberships', 403, 9109],
    ['an unknown token to verify', 'unknown', '/user/tokens/verify', 401, 1000],
    ['a token for a foreign account', 'own', `/accounts/${foreign.id}/d1/database`, 403, 10000],
    ['a token for an account that does not exist', 'both', '/accounts/nothing/d1/database', 403, 10000],
  ])('refuse %s', async (_, token, path, status, code) => {
    expect(await get(path, token)).toMatchObject({
      status,
      body: { success: false, errors: [{ code }], messages: [], result: null },
    });
  });

  it('tell which accounts they reach', async () => {
    expect(await get('/accounts', 'own')).toMatchObject({ body: { result: [own] } });
    expect(await get('/memberships', 'both')).toMatchObject({
      body: { result: [{ account: own }, { account: foreign }], result_info: { total_count: 2 } },
    });
  });
});
