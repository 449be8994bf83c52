import { CONTROL_PATH } from './control.ts';
import { startCloudflareApi, type CloudflareApi } from './index.ts';
import { createClient } from './testing/client.ts';

describe('the control endpoint', () => {
  let api: CloudflareApi;
  const control = async (method: string, body?: unknown) => {
    const response = await fetch(new URL(CONTROL_PATH, api.baseUrl), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const list = () => createClient(api)('GET', '/d1/database');

  beforeAll(async () => {
    api = await startCloudflareApi();
  });

  afterEach(() => control('DELETE'));

  afterAll(() => api.close());

  it('takes a fault that strikes the second and the third call', async () => {
    await control('POST', { method: 'GET', call: 2, times: 2, action: { kind: 'answer', status: 500 } });
    const statuses = [];
    for (let call = 1; call <= 4; call++) statuses.push((await list()).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
  });

  it('takes a list, in which the first fault that is due wins', async () => {
    await control('POST', [
      { path: '*/d1/database', call: 2, action: { kind: 'answer', status: 503, retryAfter: 7 } },
      { times: 'all', action: { kind: 'answer', status: 400, code: 7400 } },
    ]);
    expect([await list(), await list(), await list()]).toMatchObject([
      { status: 400, code: 7400 },
      { status: 503 },
      { status: 400 },
    ]);
  });

  it('passes over requests that do not match', async () => {
    await control('POST', [
      { method: 'POST', action: { kind: 'cut' } },
      { path: '/accounts', action: { kind: 'cut' } },
      { bodyIncludes: 'SELECT', action: { kind: 'cut' } },
    ]);
    expect(await list()).toMatchObject({ status: 200 });
  });

  it('can make the real answer late', async () => {
    await control('POST', { action: { kind: 'delay', milliseconds: 1 } });
    expect(await list()).toMatchObject({ status: 200, success: true });
  });

  it('can hold the real answer back until the faults are cleared', async () => {
    await control('POST', { method: 'GET', path: '*/d1/database', action: { kind: 'hold' } });
    const answer = list();
    while (api.log.list().length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await Promise.race([answer, Promise.resolve('held')])).toBe('held');
    await control('DELETE');
    expect(await answer).toMatchObject({ status: 200, success: true });
  });

  it('shows the faults and the requests, and forgets both', async () => {
    const fault = { path: '*/d1/database', action: { kind: 'answer', status: 500 } };
    await control('POST', fault);
    await list();
    expect(await control('GET')).toMatchObject({
      body: { faults: [fault], requests: [{ method: 'GET', fault: 'answer' }] },
    });
    expect(await control('DELETE')).toMatchObject({ body: { faults: [], requests: [] } });
  });

  it.each([
    [{}, 'A fault needs an "action"'],
    [{ action: { kind: 'explode' } }, 'answer, hang, cut, cut-body, truncate, delay, hold'],
    [{ action: { kind: 'answer' } }, 'The action "answer" needs "status", a number.'],
  ])('refuses %j', async (fault, message) => {
    expect(await control('POST', fault)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(message) },
    });
  });
});
