// usage: npm run bench:backup -- [small objects] [large objects of 64 MB] [megabytes for the memory]
// `backup --photosOnly` against `rclone copy`, from the same S3 server in one run: the zip and the start of Node included,
// without and with the proof, which reads every byte of the archive once more. Then the most memory that a backup has at a time, at 10 MB and at the given size. Linux only.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa, execaSync } from 'execa';
import { measure, printRatios, type Contender } from './measure.ts';
import { peakMemory } from './peak-memory.ts';
import { REPOSITORY } from './workspace.ts';

const MEGABYTE = 1024 * 1024;
const LARGE = 64 * MEGABYTE;
const SMALL = 8 * 1024;
const ROUNDS = 3;
const CONCURRENCY = 16;

const [small = 5000, large = 6, megabytes = 2048] = process.argv.slice(2).map(Number);

const { exitCode } = execaSync('rclone', ['version'], { reject: false });
if (exitCode !== 0) {
  console.error('rclone is not installed. On Debian and Ubuntu: apt-get install -y rclone');
  process.exit(2);
}

const root = mkdtempSync(join(tmpdir(), 'd1-bench-'));
const TESTING = join(REPOSITORY, 'packages/d1-backup/src/testing');

const fillings = {
  small: { count: small, size: SMALL },
  large: { count: large, size: LARGE },
  tiny: { count: megabytes > 0 ? 10 : 0, size: MEGABYTE },
  memory: { count: Math.ceil((megabytes * MEGABYTE) / LARGE), size: LARGE },
};
type Bucket = keyof typeof fillings;

console.log('Filling the buckets …');
const server = execa(process.execPath, [join(TESTING, 'serve-photos.ts'), JSON.stringify(fillings)], {
  stdin: 'pipe',
});
server.catch(() => undefined);
const [line] = await once(createInterface(server.stdout), 'line');
const access: Record<string, string> = JSON.parse(String(line));

const config = (bucket: Bucket) => `
name = "bench"
compatibility_date = "2025-08-01"
[env.${bucket}]
[[env.${bucket}.d1_databases]]
binding = "DB"
database_name = "bench"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
[[env.${bucket}.r2_buckets]]
binding = "PHOTOS"
bucket_name = "${bucket}"
`;

function backupCommand(bucket: Bucket, verify = true): [string, ...string[]] {
  const options = {
    verify,
    wranglerConfig: `${bucket}.toml`,
    environment: bucket,
    settings: { [bucket]: { location: 'remote' } },
    photosOnly: true,
    concurrency: CONCURRENCY,
    output: `out-${bucket}`,
  };
  const executor = join(TESTING, 'run-executor.ts');
  return [process.execPath, executor, 'backup', root, JSON.stringify(options)];
}

const { endpoint = '', accessKeyId = '', secretAccessKey = '' } = access;
const env = {
  CI: 'true',
  NO_COLOR: '1',
  R2_ENDPOINT: endpoint,
  R2_ACCESS_KEY_ID: accessKeyId,
  R2_SECRET_ACCESS_KEY: secretAccessKey,
  // It must be empty for rclone, which cannot have a bundle of its own here.
  AWS_CA_BUNDLE: '',
  RCLONE_CONFIG: join(root, 'rclone.conf'),
  RCLONE_CONFIG_S3_TYPE: 's3',
  RCLONE_CONFIG_S3_PROVIDER: 'Cloudflare',
  RCLONE_CONFIG_S3_ENDPOINT: endpoint,
  RCLONE_CONFIG_S3_ACCESS_KEY_ID: accessKeyId,
  RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretAccessKey,
};

function contenders(bucket: Bucket): readonly Contender[] {
  const clean = () => {
    rmSync(join(root, `out-${bucket}`), { recursive: true, force: true });
    rmSync(join(root, 'copied'), { recursive: true, force: true });
  };
  const transfers = `--transfers=${CONCURRENCY}`;
  return [
    {
      name: 'rclone copy',
      prepare: clean,
      command: [
        'rclone',
        'copy',
        `S3:${bucket}`,
        join(root, 'copied'),
        transfers,
        `--checkers=${CONCURRENCY}`,
      ],
      cwd: root,
      env,
    },
    {
      name: 'backup --photosOnly --no-verify',
      prepare: clean,
      command: backupCommand(bucket, false),
      cwd: root,
      env,
      // An archive that is not proved is no success.
      exitCodes: [1],
    },
    { name: 'backup --photosOnly', prepare: clean, command: backupCommand(bucket), cwd: root, env },
  ];
}

async function race(bucket: Bucket): Promise<void> {
  const { count, size } = fillings[bucket];
  if (count === 0) return;
  const measured = await measure(contenders(bucket), ROUNDS);
  printRatios(
    `${count} objects of ${size >= MEGABYTE ? `${size / MEGABYTE} MB` : `${size / 1024} kB`}`,
    measured,
  );
  const [rclone, own, proved] = measured.map(({ medianMs }) => medianMs / 1000);
  if (rclone === undefined || own === undefined || proved === undefined) return;
  const rate = (seconds: number) =>
    `${(count / seconds).toFixed(0)} objects/s, ${((count * size) / MEGABYTE / seconds).toFixed(1)} MB/s`;
  console.log(
    [
      `rclone: ${rate(rclone)}; backup: ${rate(own)}; proved: ${rate(proved)}.`,
      `Speed against rclone: ${(rclone / own).toFixed(2)}, proof included ${(rclone / proved).toFixed(2)}`,
    ].join('\n'),
  );
}

const memoryOf = (bucket: Bucket) => peakMemory(backupCommand(bucket), { cwd: root, env });

try {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(REPOSITORY, 'node_modules', 'wrangler'), join(root, 'node_modules', 'wrangler'));
  for (const bucket of ['small', 'large', 'memory', 'tiny'] as const)
    writeFileSync(join(root, `${bucket}.toml`), config(bucket));
  writeFileSync(env.RCLONE_CONFIG, '');

  await race('small');
  await race('large');
  if (megabytes > 0) {
    console.log(`\nPeak memory at 10 MB: ${(await memoryOf('tiny')).toFixed(0)} MB`);
    console.log(`Peak memory at ${megabytes} MB: ${(await memoryOf('memory')).toFixed(0)} MB`);
  }
} finally {
  server.stdin.end();
  await server;
  rmSync(root, { recursive: true, force: true });
}
