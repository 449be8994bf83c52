// usage: npm run bench:backup -- [small objects] [large objects of 64 MB] [megabytes for the memory]
// `backup --photosOnly`, as it is published, against `rclone copy`, from the same S3 server in one run: the zip and the
// start of Node included, without and with the proof, which reads every byte of the archive once more. Then the most memory
// that one process of a backup has at a time: with photos of 10 MB and of the given size, and with a database that is empty
// and one of that size / 10. Linux only.
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { localDatabaseFile } from 'd1-core/database';
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

execaSync('npx', ['nx', 'run', 'd1-backup:build'], { cwd: REPOSITORY, env: { NX_DAEMON: 'false' } });

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

const DATABASE_ID = '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0';

const config = (bucket: Bucket) => `
name = "bench"
compatibility_date = "2025-08-01"
[env.${bucket}]
[[env.${bucket}.d1_databases]]
binding = "DB"
database_name = "bench"
database_id = "${DATABASE_ID}"
[[env.${bucket}.r2_buckets]]
binding = "PHOTOS"
bucket_name = "${bucket}"
`;

const backupWith = (options: object): [string, ...string[]] => [
  process.execPath,
  join(REPOSITORY, 'tools/bench/run-built.mjs'),
  'd1-backup',
  'backup',
  root,
  JSON.stringify(options),
];

function backupCommand(bucket: Bucket, verify = true): [string, ...string[]] {
  return backupWith({
    verify,
    wranglerConfig: `${bucket}.toml`,
    environment: bucket,
    settings: { [bucket]: { location: 'remote' } },
    photosOnly: true,
    concurrency: CONCURRENCY,
    output: `out-${bucket}`,
  });
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

async function printMemory(what: string, command: [string, ...string[]]): Promise<void> {
  console.log(`Peak memory with ${what}: ${(await peakMemory(command, { cwd: root, env })).toFixed(0)} MB`);
}

/** Kilobytes of a row. */
const ROW = 0.7;

/** The command that saves a local database of so many megabytes. */
function databaseCommand(size: number): [string, ...string[]] {
  const persistTo = join(root, `state-${size}`);
  const file = localDatabaseFile({ id: DATABASE_ID, persistTo });
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(
    `PRAGMA journal_mode = wal;
     CREATE TABLE art (id INTEGER PRIMARY KEY, name TEXT, price REAL, text TEXT, image BLOB);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.ceil((size * 1024) / ROW)})
     INSERT INTO art SELECT i, 'artwork ' || i, i * 1.37, hex(randomblob(300)), randomblob(20) FROM n WHERE ${size} > 0;
     PRAGMA wal_checkpoint(TRUNCATE);`,
  );
  database.close();
  console.log(`Database: ${(statSync(file).size / MEGABYTE).toFixed(0)} MB`);
  return backupWith({
    wranglerConfig: 'tiny.toml',
    environment: 'tiny',
    settings: { tiny: { location: 'local' } },
    persistTo,
    databaseOnly: true,
    output: 'out-database',
  });
}

try {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(REPOSITORY, 'node_modules', 'wrangler'), join(root, 'node_modules', 'wrangler'));
  for (const bucket of ['small', 'large', 'memory', 'tiny'] as const)
    writeFileSync(join(root, `${bucket}.toml`), config(bucket));
  writeFileSync(env.RCLONE_CONFIG, '');

  await race('small');
  await race('large');
  if (megabytes > 0) {
    console.log('');
    await printMemory('photos of 10 MB', backupCommand('tiny'));
    await printMemory(`photos of ${megabytes} MB`, backupCommand('memory'));
    await printMemory('an empty database', databaseCommand(0));
    await printMemory('a database of that size', databaseCommand(megabytes / 10));
  }
} finally {
  server.stdin.end();
  await server;
  rmSync(root, { recursive: true, force: true });
}
