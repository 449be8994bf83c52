import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { isAlive } from '../node/index.ts';
import { quoteText } from '../sql/index.ts';
import { temporaryFolder, testWrangler, writeFiles } from '../testing/index.ts';
import { explainFailure } from './explain-failure.ts';
import type { Wrangler } from './find-wrangler.ts';
import { endsWith, readJson, runWrangler, targetArguments } from './run-wrangler.ts';

const TARGET = { wranglerEnv: '', location: 'local', binding: 'DB' } as const;

describe('running wrangler', () => {
  const folder = temporaryFolder();
  const configFile = join(folder, 'wrangler.toml');
  const wrangler = testWrangler();
  const remote = { ...TARGET, location: 'remote', configFile } as const;

  beforeAll(() => {
    writeFiles(folder, {
      'wrangler.toml': [
        'name = "test"',
        'compatibility_date = "2025-08-01"',
        '[[d1_databases]]',
        'binding = "DB"',
        'database_name = "test"',
        'database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"',
      ].join('\n'),
    });
  });

  const execute = (sql: string) =>
    runWrangler(wrangler, {
      args: ['d1', 'execute', ...targetArguments({ ...TARGET, configFile }), '--json', `--command=${sql}`],
      cwd: folder,
    });

  it('passes arguments as they are, and returns rows to the last character, whatever looks like a secret', async () => {
    process.env['DB_PASSWORD'] = 'pass-w0rd-of-the-database';
    const row = {
      text: `$HOME "quoted" '; echo`,
      'pass-w0rd-of-the-database': 'Bearer abcdefgh12345678',
      controls: '\u001b[31mred\u009b0m',
    };
    const columns = Object.entries(row).map(([name, value]) => `${quoteText(value)} AS "${name}"`);
    const result = await execute(`SELECT ${columns.join(', ')}`);
    delete process.env['DB_PASSWORD'];
    expect(readJson(result.stdout)).toMatchObject([{ results: [row] }]);
    expect(result.exitCode).toBe(0);
  });

  it('explains an error of the engine', async () => {
    const result = await execute('PRAGMA journal_mode = WAL');
    expect(explainFailure(result)).toMatchObject({ code: 'sql-not-authorized', message: 'not authorized' });
  });

  it('explains a missing login', async () => {
    const result = await runWrangler(wrangler, {
      args: ['d1', 'execute', ...targetArguments(remote), '--json', '--command=SELECT 1'],
      cwd: folder,
      env: { CLOUDFLARE_API_TOKEN: '', HOME: folder, XDG_CONFIG_HOME: folder },
    });
    expect(explainFailure(result).code).toBe('not-logged-in');
  });

  it('explains a network that does not answer', async () => {
    const result = await runWrangler(wrangler, {
      args: ['d1', 'execute', ...targetArguments(remote), '--json', '--command=SELECT 1'],
      cwd: folder,
      env: {
        CLOUDFLARE_API_TOKEN: 'token-for-a-test',
        CLOUDFLARE_ACCOUNT_ID: 'account',
        CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:9/client/v4',
        HTTPS_PROXY: '',
        HTTP_PROXY: '',
      },
    });
    expect(explainFailure(result).code).toBe('network');
  });

  describe('with a program in place of wrangler', () => {
    const pretend = (script: string): Wrangler => {
      const bin = join(folder, 'pretend.mjs');
      writeFiles(folder, { 'pretend.mjs': script });
      return { ...wrangler, bin };
    };

    it('stops it, and what it started, after the given time', async () => {
      const result = await runWrangler(
        pretend(`
          import { spawn } from 'node:child_process';
          spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
          setInterval(() => {}, 1000);
        `),
        { args: [], cwd: folder, timeout: 1_000 },
      );
      expect(result.timedOut).toBe(true);
      expect(explainFailure(result).code).toBe('wrangler-timeout');
    });

    it('ends when what started it died before it could look, and its number is that of another process', async () => {
      const program = join(folder, 'idle.mjs');
      writeFiles(folder, { 'idle.mjs': 'setInterval(() => undefined, 1000);' });
      // The shell is gone when Node begins, and the number that it is told is alive: it is that of this test.
      const started = await execa('sh', [
        '-c',
        `(sleep 0.3; exec "$0" "$1" "$2") >/dev/null 2>&1 & echo $!`,
        ...[process.execPath, endsWith(process.pid), program],
      ]);
      const pid = Number(started.stdout);
      const deadline = Date.now() + 30_000;
      while (isAlive(pid) && Date.now() < deadline) await setTimeout(100);
      expect(isAlive(pid)).toBe(false);
    });

    it('ends with the process that started it, in whatever way that ends', async () => {
      const file = join(folder, 'process-id');
      const { bin } = pretend(`
        import { writeFileSync } from 'node:fs';
        setInterval(() => {}, 1000);
        writeFileSync(${JSON.stringify(file)}, String(process.pid));
      `);
      const program = `
        import { runWrangler } from ${JSON.stringify(join(import.meta.dirname, 'run-wrangler.ts'))};
        await runWrangler(${JSON.stringify({ ...wrangler, bin })}, { args: [], cwd: ${JSON.stringify(folder)} });
      `;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
      while (!existsSync(file) || readFileSync(file, 'utf8') === '') await setTimeout(20);
      const started = Number(readFileSync(file, 'utf8'));
      expect(isAlive(started)).toBe(true);
      child.kill('SIGKILL');
      while (isAlive(started)) await setTimeout(20);
    });

    it('reports the signal that ended it', async () => {
      const result = await runWrangler(pretend(`process.kill(process.pid, 'SIGKILL');`), {
        args: [],
        cwd: folder,
      });
      expect(explainFailure(result)).toMatchObject({
        code: 'wrangler-killed',
        message: 'wrangler was ended by SIGKILL.',
      });
    });

    it('removes escape sequences, and keeps the debug log of a failed run', async () => {
      const result = await runWrangler(
        pretend(`
          import { writeFileSync } from 'node:fs';
          writeFileSync(process.env.WRANGLER_LOG_PATH + '/wrangler-1.log', 'the real reason');
          process.stderr.write('\\u001b[31mred\\u001b[0m');
          process.exitCode = 1;
        `),
        { args: [], cwd: folder },
      );
      expect(result).toMatchObject({ stderr: 'red', log: 'the real reason', exitCode: 1 });
    });

    it('explains it without colours and secrets', async () => {
      process.env['TEST_TOKEN'] = 'a-t0ken-of-this-test';
      const run = { args: ['--token=a-t0ken-of-this-test'], cwd: folder };
      const error = explainFailure(
        await runWrangler(
          pretend(`console.log('\\u001b[31mrefused: a-t0ken-of-this-test'); process.exitCode = 1;`),
          run,
        ),
      );
      delete process.env['TEST_TOKEN'];
      expect(error.notes).toEqual(['wrangler said:', '  refused: [secret]']);
      expect(error.fix).toContain('--token=[secret]');
    });

    it('is non-interactive, and has nobody behind its questions', async () => {
      const result = await runWrangler(
        pretend(
          `console.log(process.env.CI, process.stdin.isTTY ?? false, process.env.WRANGLER_SEND_METRICS);`,
        ),
        { args: [], cwd: folder },
      );
      expect(result.stdout.trim()).toBe('1 false false');
    });
  });
});
