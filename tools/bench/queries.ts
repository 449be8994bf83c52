// usage: npm run bench:queries -- [rounds]
// Times a cold "d1-queries check" of a Worker of 1,000 and of 5,000 files with 500 queries beside "tsc --noEmit" of the same files, and
// a hit in the cache of Nx. Makes sure that every query is found and right. Uses the packages as they are published.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { measure, printRatios, type Contender } from './measure.ts';
import { REPOSITORY } from './workspace.ts';

const SIZES = [1000, 5000];
const QUERIES = 500;
const TABLES = 20;
const rounds = Number(process.argv[2] ?? 3);

/** A Worker with so many files, in folders; every second has a query, the first ones have the rest. */
function writeWorker(root: string, files: number): void {
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write(
    'wrangler.toml',
    'name = "bench"\nmain = "src/main.ts"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "bench"\ndatabase_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"\n',
  );
  write(
    'tsconfig.json',
    '{ "compilerOptions": { "noEmit": true, "strict": true, "module": "esnext", "moduleResolution": "bundler", "target": "es2023", "lib": ["es2023"], "skipLibCheck": true, "allowImportingTsExtensions": true, "types": ["@cloudflare/workers-types"] }, "include": ["src"] }',
  );
  const tables = Array.from(
    { length: TABLES },
    (_, index) =>
      `CREATE TABLE t${index} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, owner INTEGER, at TEXT);\nCREATE INDEX i${index} ON t${index} (owner);`,
  );
  write('migrations/0001_tables.sql', tables.join('\n'));
  const names = Array.from({ length: files - 1 }, (_, index) => `part${Math.floor(index / 50)}/file${index}`);
  write(
    'src/main.ts',
    `${names.map((name, index) => `import { run as run${index} } from './${name}.ts';`).join('\n')}\nexport const all: readonly string[] = [${names.map((_, index) => `run${index}.name`).join(', ')}];\nexport default { fetch: () => new Response('') };\n`,
  );
  for (const [index, name] of names.entries()) {
    const table = `t${index % TABLES}`;
    const query =
      index < QUERIES
        ? `const COLUMNS = 'id, name, owner';\nexport const run = (env: { DB: D1Database }, id: number, more: boolean) =>\n  env.DB.prepare(\`SELECT \${COLUMNS} FROM ${table} WHERE owner = ?\${more ? ' AND at IS NULL' : ''}\`).bind(id).all();\n`
        : `export const run = (env: { DB: D1Database }, id: number) => ({ env, id, name: ${JSON.stringify(name)} });\n`;
    write(
      `src/${name}.ts`,
      `${query}\nexport interface Shape${index} { readonly id: number; readonly label: string }\nexport const label${index} = ({ id, label }: Shape${index}): string => \`\${id}: \${label}\`;\n`,
    );
  }
}

for (const name of ['d1-queries'])
  await execa(process.execPath, [join(REPOSITORY, 'tools/build.mjs'), `packages/${name}`], {
    cwd: REPOSITORY,
  });
const bin = join(REPOSITORY, 'packages/d1-queries/dist/cli.js');
const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');

for (const files of SIZES) {
  const root = mkdtempSync(join(tmpdir(), 'd1-bench-queries-'));
  try {
    writeWorker(root, files);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction');
    writeFileSync(join(root, 'package.json'), '{ "name": "bench", "private": true, "type": "module" }');
    const command = [process.execPath, bin, 'check', '--max-dynamic=0'] as const;
    const { stdout } = await execa(command[0], [...command.slice(1), '--json'], { cwd: root });
    const [worker] = JSON.parse(stdout).workers;
    const found = new Set(worker.queries.map(({ file }: { readonly file: string }) => file)).size;
    if (worker.files !== files || found !== QUERIES || worker.findings.length > 0)
      throw new Error(`${worker.files} files, ${found} queries, ${worker.findings.length} findings`);
    const env = { NO_COLOR: '1' };
    const contender = (name: string, words: Contender['command']): Contender => ({
      name,
      prepare: () => undefined,
      command: words,
      cwd: root,
      env,
    });
    const measured = await measure(
      [
        contender('tsc --noEmit', [process.execPath, tsc, '--noEmit', '-p', '.']),
        contender('d1-queries check', command),
      ],
      rounds,
    );
    printRatios(`${files} files with ${QUERIES} queries`, measured);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** An Nx workspace with the published plugin. */
async function timeCacheHit(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'd1-bench-queries-nx-'));
  const env = { CI: 'true', NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NO_COLOR: '1' };
  const nx = join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js');
  try {
    writeWorker(join(root, 'apps/bench'), 1000);
    writeFileSync(join(root, 'apps/bench/package.json'), '{ "name": "bench" }');
    writeFileSync(
      join(root, 'package.json'),
      '{ "name": "demo", "private": true, "workspaces": ["apps/*"] }',
    );
    writeFileSync(
      join(root, 'nx.json'),
      JSON.stringify({ analytics: false, tui: { enabled: false }, plugins: ['d1-queries/plugin'] }),
    );
    // Nx looks up in it what a cached target depends on.
    const { version } = JSON.parse(
      readFileSync(join(REPOSITORY, 'node_modules/wrangler/package.json'), 'utf8'),
    );
    const wrangler = { version, resolved: 'https://registry.npmjs.org/wrangler', integrity: 'sha512-none' };
    const packages = { '': { name: 'demo' }, 'node_modules/wrangler': wrangler };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    writeFileSync(join(root, '.gitignore'), 'node_modules\n.nx\n');
    const modules = join(root, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(REPOSITORY, 'node_modules')).filter((one) => one !== 'd1-queries'))
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name), 'junction');
    cpSync(join(REPOSITORY, 'dist/packages/d1-queries'), join(modules, 'd1-queries'), { recursive: true });
    await execa('git', ['init', '--quiet'], { cwd: root });
    const words = (...args: readonly string[]): Contender['command'] => [process.execPath, nx, ...args];
    const nothing = {
      name: 'nx show project',
      prepare: () => undefined,
      command: words('show', 'project', 'bench', '--json'),
      cwd: root,
      env,
    };
    const hit = {
      ...nothing,
      name: 'check-queries, from the cache',
      command: words('run', 'bench:check-queries'),
    };
    printRatios(
      'A hit in the cache of Nx, beside an Nx that only answers',
      await measure([nothing, hit], rounds),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
await timeCacheHit();
rmSync(join(REPOSITORY, 'packages/d1-queries/dist'), { recursive: true, force: true });
