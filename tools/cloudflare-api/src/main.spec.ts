import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startCloudflareApi } from './index.ts';
import { createClient } from './testing/client.ts';

describe('the command', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves the databases of the Worker until %s', async (signal) => {
    const temporary = await mkdtemp(join(tmpdir(), 'cloudflare-api-main-'));
    const child = execa(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { TMPDIR: temporary },
      timeout: 60_000,
    });
    const [chunk] = await once(child.stdout, 'data');
    const { baseUrl, accountId, apiToken } = JSON.parse(String(chunk));
    const answer = await fetch(`${baseUrl}/accounts/${accountId}/d1/database/cultural-archiver-production`, {
      headers: { authorization: `Bearer ${apiToken}` },
    });
    expect(await answer.json()).toMatchObject({ result: { num_tables: 0 } });
    expect(await readdir(temporary)).not.toEqual([]);

    child.kill(signal);
    expect(await child).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });
});

describe('the library', () => {
  it('ends although a request hangs', async () => {
    const api = await startCloudflareApi();
    api.faults.add({ action: { kind: 'hang' } });
    const request = createClient(api)('GET', '/d1/database').catch(() => 'cut off');
    while (api.log.list().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await api.close();
    expect(await request).toBe('cut off');
  });
});
