import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { PACKAGES, REPOSITORY } from './packages.ts';

/** A registry on this machine, in which the packages of this repository are published. */
export interface Registry {
  readonly url: string;
  /** Bytes of each package as it is published, and how many files it has. */
  readonly published: readonly PublishedPackage[];
  stop(): Promise<void>;
}

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: readonly string[];
}

const FOLDER = join(REPOSITORY, 'tools/e2e/programs');

/** Milliseconds that Verdaccio may take to answer. */
const START = 60_000;

/** Starts Verdaccio on a free port, with the registry of npm behind it, and publishes the packages. */
export async function startRegistry(): Promise<Registry> {
  if (!existsSync(join(FOLDER, 'node_modules'))) {
    await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' });
  }
  const storage = mkdtempSync(join(tmpdir(), 'd1-e2e-registry-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(storage, 'config.json');
  writeFileSync(config, JSON.stringify(configuration(storage)));
  const verdaccio = execa(
    process.execPath,
    [
      join(FOLDER, 'node_modules/verdaccio/bin/verdaccio'),
      `--config=${config}`,
      `--listen=127.0.0.1:${port}`,
    ],
    { cwd: storage, reject: false, all: true, killDescendants: true },
  );
  const stop = async () => {
    verdaccio.kill();
    await verdaccio;
    rmSync(storage, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(url);
    const published: PublishedPackage[] = [];
    for (const name of PACKAGES) published.push(await publish(name, url, storage));
    return { url, published, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everybody may publish, and what is not here comes from npm. */
const configuration = (storage: string): object => ({
  storage,
  uplinks: { npmjs: { url: 'https://registry.npmjs.org/', cache: true, timeout: '60s' } },
  packages: {
    'd1-*': { access: '$all', publish: '$all' },
    '**': { access: '$all', proxy: 'npmjs' },
  },
  log: { type: 'stdout', level: 'warn' },
});

/** What `npm run build` has put together. */
async function publish(name: string, url: string, storage: string): Promise<PublishedPackage> {
  const folder = join(storage, 'copies', name);
  cpSync(join(REPOSITORY, 'dist/packages', name), folder, { recursive: true });
  const { host } = new URL(url);
  writeFileSync(join(folder, '.npmrc'), `//${host}/:_authToken=anybody\n`);
  const { stdout } = await execa('npm', ['publish', '--json', `--registry=${url}`], { cwd: folder });
  const report: unknown = JSON.parse(stdout);
  return readReport(report, name);
}

/** npm 10 gives the report itself, npm 11 by the name of the package. */
function readReport(report: unknown, name: string): PublishedPackage {
  const found = isRecord(report) && isRecord(report[name]) ? report[name] : report;
  if (!isRecord(found) || !Array.isArray(found['files'])) throw new Error(`npm published no ${name}.`);
  return {
    name,
    version: String(found['version']),
    bytes: Number(found['size']),
    unpackedBytes: Number(found['unpackedSize']),
    files: found['files'].map((file: unknown) => (isRecord(file) ? String(file['path']) : '')),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function untilItAnswers(url: string): Promise<void> {
  const end = Date.now() + START;
  while (Date.now() < end) {
    try {
      if ((await fetch(`${url}/-/ping`)).ok) return;
    } catch {
      // It is not there yet.
    }
    await setTimeout(200);
  }
  throw new Error(`Verdaccio did not answer at ${url} within ${START / 1000} s.`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** The version of a package of this repository. */
export function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(REPOSITORY, 'packages', name, 'package.json'), 'utf8'),
  );
  return isRecord(manifest) ? String(manifest['version']) : '';
}
