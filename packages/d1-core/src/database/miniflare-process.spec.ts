import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { isD1Error } from '../errors/index.ts';
import { isAlive } from '../node/index.ts';
import { errorOf, temporaryFolder, testWrangler, writeFiles } from '../testing/index.ts';
import { openLocalD1, openShadowD1, startWorker } from './index.ts';
import { miniflareProcess } from './miniflare-process.ts';

const SCRIPT = 'export default { fetch: () => new Response("here") }';

const isThere = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** A process that has started a Worker, and stays. */
async function processWithWorker() {
  const program = `
    import { findWrangler } from ${JSON.stringify(join(import.meta.dirname, '../wrangler/index.ts'))};
    import { startWorker } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const { url } = await startWorker(findWrangler(process.cwd()), { script: ${JSON.stringify(SCRIPT)} });
    process.stdout.write(url.href);
  `;
  const running = execa(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: process.cwd(),
    stdin: 'ignore',
    reject: false,
    buffer: false,
  });
  const url = await new Promise<string>((resolve, reject) => {
    running.stdout.once('data', (data: Buffer) => resolve(String(data)));
    running.then(({ exitCode }) => reject(new Error(`It ended with ${exitCode}.`)), reject);
  });
  return { running, url };
}

describe('workerd', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('ends with the process that started it, by %s', async (signal) => {
    const { running, url } = await processWithWorker();
    expect(await isThere(url)).toBe(true);
    running.kill(signal);
    await running;
    for (let attempts = 0; attempts < 100 && (await isThere(url)); attempts++) await wait(100);
    expect(await isThere(url)).toBe(false);
  });

  it('is not there any more when it has been disposed, and can be restarted', async () => {
    const wrangler = testWrangler();
    const [first, second] = await Promise.all([
      startWorker(wrangler, { script: SCRIPT }),
      startWorker(wrangler, { script: SCRIPT }),
    ]);
    await first.dispose();
    await first.dispose();
    expect(await Promise.all([first, second].map(({ url }) => isThere(url.href)))).toEqual([false, true]);
    await second.dispose();
    const third = await startWorker(wrangler, { script: SCRIPT });
    expect(await isThere(third.url.href)).toBe(true);
    await third.dispose();
  });
});

describe('a folder that the engine cannot use', () => {
  it('is named with the reason, and nothing is started', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const [persistTo, code] of [
      ['/proc/d1', 'file-failed'],
      ['/sys/d1', 'not-writable'],
      [file, 'file-failed'],
    ] as const) {
      const d1 = openLocalD1({ wrangler: testWrangler(), id: 'x', persistTo });
      const error = await errorOf(d1.batch(['SELECT 1']));
      await d1.close();
      expect(error).toMatchObject({
        code,
        fix: expect.stringContaining('--persistTo'),
        location: { file: expect.stringContaining(persistTo) },
        exitCode: 2,
      });
    }
  });
});

/** A wrangler with another Miniflare beside it. */
function wranglerWith(miniflare: string) {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'package.json': '{}',
    'node_modules/miniflare/package.json': '{ "main": "main.mjs" }',
    'node_modules/miniflare/main.mjs': miniflare,
  });
  return { ...testWrangler(), packageFile: join(folder, 'package.json') };
}

describe('a call to workerd', () => {
  it('has a connection of its own: workerd closes one that was not used for half a minute, unheard by a busy process', async () => {
    const wrangler = wranglerWith(`
      import { createServer } from 'node:http';
      export class Miniflare {
        connections = 0;
        server = createServer((request, response) => response.end(String(this.connections)))
          .on('connection', () => this.connections++);
        ready = new Promise((resolve) => {
          this.server.listen(0, '127.0.0.1', () => resolve(new URL('http://127.0.0.1:' + this.server.address().port)));
        });
        dispose() { this.server.close(); }
      }
    `);
    const worker = await startWorker(wrangler, { script: SCRIPT });
    expect(await worker.post('/', 'first')).toBe(1);
    expect(await worker.post('/', 'second')).toBe(2);
    await worker.dispose();
  });
});

describe('a Miniflare that cannot be used', () => {
  it.each([
    ['has another interface', 'export const Simulator = 1;', 'wrangler-unsupported', 'has no Miniflare'],
    ['does not load', 'throw new Error("no binary");', 'engine-not-started', 'no binary'],
    ['ends its process', 'process.exit(7);', 'engine-not-started', 'its process ended (exit code 7)'],
    [
      'does not start',
      'export class Miniflare { ready = Promise.reject(new Error("no port")); dispose() {} }',
      'engine-not-started',
      'no port',
    ],
  ])('is named with its reason when it %s', async (_, miniflare, code, reason) => {
    const d1 = openShadowD1(wranglerWith(miniflare));
    const error = await d1.batch(['SELECT 1']).catch((cause: unknown) => cause);
    if (!isD1Error(error)) throw error;
    expect(error).toMatchObject({ code, message: expect.stringContaining(reason) });
    expect(error.location?.file).toContain(join('node_modules', 'miniflare'));
  });

  it('and never answers is given up, and does not stay', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const { packageFile, compileCache } = wranglerWith(`
      import { promises, writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      export class Miniflare {
        // Below /proc it never comes back, and "exit" waits for it.
        ready = promises.mkdir('/proc/never/there', { recursive: true }).then(() => new Promise(() => {}));
        dispose() { return this.ready; }
      }
    `);
    const file = createRequire(packageFile).resolve('miniflare');
    const starting = miniflareProcess(file, compileCache).start({ script: SCRIPT }, 2_000);
    expect(await errorOf(starting)).toMatchObject({
      code: 'engine-not-started',
      message: expect.stringContaining('it gave no answer for 2 seconds'),
    });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    for (let attempts = 0; attempts < 100 && isAlive(pid); attempts++) await wait(100);
    expect(isAlive(pid)).toBe(false);
  });
});
