// usage: npm run bench:graph -- [rounds]
// What the plugins add to the project graph of a workspace with a hundred Workers: the time of `nx show project` with and
// without them, and what Nx measures of their createNodes. Uses the packages as they are published: `npm run build` before.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { measure, printRatios, summarize, type Contender } from './measure.ts';
import { REPOSITORY } from './workspace.ts';

const WORKERS = 100;
const PLUGINS = ['d1-migrate', 'd1-lint', 'd1-queries', 'd1-backup'];
const ENTRIES = [
  'd1-migrate/plugin',
  'd1-migrate/guard',
  'd1-lint/plugin',
  'd1-queries/plugin',
  'd1-backup/plugin',
];
const rounds = Number(process.argv[2] ?? 5);
const root = mkdtempSync(join(tmpdir(), 'd1-bench-graph-'));
const modules = join(root, 'node_modules');
const env = { CI: 'true', NX_DAEMON: 'false' };
const command: Contender['command'] = [
  process.execPath,
  join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'),
  ...['show', 'project', 'worker-1', '--json'],
];

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function makeWorkspace(): void {
  write('package.json', '{ "name": "bench", "private": true, "workspaces": ["apps/*"] }');
  for (let number = 1; number <= WORKERS; number++) {
    const name = `worker-${number}`;
    write(`apps/${name}/package.json`, JSON.stringify({ name }));
    write(`apps/${name}/wrangler.toml`, wranglerConfig(name));
    write(`apps/${name}/migrations/0001_a.sql`, 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n');
  }
  mkdirSync(modules);
  for (const name of readdirSync(join(REPOSITORY, 'node_modules')).filter((one) => !PLUGINS.includes(one))) {
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name), 'junction');
  }
  for (const name of PLUGINS) {
    const built = join(REPOSITORY, 'dist/packages', name);
    if (!existsSync(built)) throw new Error(`${name} is not built: npm run build`);
    cpSync(built, join(modules, name), { recursive: true });
  }
}

const wranglerConfig = (name: string): string => `name = "${name}"
compatibility_date = "2025-08-01"
[[d1_databases]]
binding = "DB"
database_name = "${name}"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
[env.production]
[[env.production.d1_databases]]
binding = "DB"
database_name = "${name}-production"
database_id = "9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11"
`;

/** Begins each round without what Nx remembers. */
const cold = (plugins: readonly string[]): (() => void) => {
  return () => {
    rmSync(join(root, '.nx'), { recursive: true, force: true });
    write('nx.json', JSON.stringify({ analytics: false, tui: { enabled: false }, plugins }));
  };
};

/** What Nx logs of the time that the plugins took for all projects. */
async function pluginTimes(): Promise<ReadonlyMap<string, number>> {
  const [file, ...args] = command;
  cold(ENTRIES)();
  const { all } = await execa(file, args, { cwd: root, env: { ...env, NX_PERF_LOGGING: 'true' }, all: true });
  const times = [...all.matchAll(/(d1-[a-z]+\/plugin)\S*:createNodes\D*?([\d.]+)\s*m?s?/g)];
  return new Map(times.map(([, plugin = '', time]) => [plugin, Number(time)]));
}

try {
  makeWorkspace();
  const contender = (name: string, plugins: readonly string[], more = {}): Contender => ({
    name,
    prepare: cold(plugins),
    command,
    cwd: root,
    env: { ...env, ...more },
  });
  printRatios(
    `nx show project, cold, ${WORKERS} Workers`,
    await measure(
      [
        contender('without a plugin', []),
        contender('with all plugins', ENTRIES),
        contender('without a plugin, in one process', [], { NX_ISOLATE_PLUGINS: 'false' }),
        contender('with all plugins, in one process', ENTRIES, { NX_ISOLATE_PLUGINS: 'false' }),
      ],
      rounds,
    ),
  );
  console.log(`\ncreateNodes for ${WORKERS} Workers, as Nx measures it`);
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await pluginTimes());
  for (const plugin of ENTRIES) {
    const { medianMs } = summarize(
      plugin,
      runs.flatMap((times) => times.get(plugin) ?? []),
    );
    if (!Number.isNaN(medianMs)) console.log(`${plugin.padEnd(20)} ${medianMs.toFixed(0).padStart(5)} ms`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
