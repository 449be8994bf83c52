// usage: node tools/build.mjs packages/d1-lint
// Writes dist, file by file in the layout of src, so that a file finds its neighbours (templates, schemas) in both. Only
// what is not published on its own, d1-core, and another plugin's source are bundled, into dist/chunks.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const root = process.argv[2];
if (root === undefined) throw new Error('usage: node tools/build.mjs <folder of a package>');
const src = resolve(root, 'src');
const dist = resolve(root, 'dist');
const isTest = (file) => /(\.spec\.ts$|(^|[\\/])testing[\\/])/.test(file);
const isBundled = (specifier) => /^(d1-core\/|d1-[a-z]+\/source$)/.test(specifier);

const files = globSync('**/*', { cwd: src }).filter(
  (file) => statSync(join(src, file)).isFile() && !isTest(file),
);
const modules = files.filter((file) => /(?<!\.d)\.ts$/.test(file));
const others = files.filter((file) => !modules.includes(file));

const bins = Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin ?? {}).map(
  (bin) => relative(dist, join(resolve(root), bin)).replace(/\.js$/, '.ts'),
);

const shared = {
  outdir: dist,
  outbase: src,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  conditions: ['@nx-d1/source'],
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
};

/** Leaves the imports that `isExternal` picks as they are. */
const external = (isExternal) => ({
  name: 'external',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, importer, kind }) =>
      kind !== 'entry-point' && isExternal(path, importer)
        ? { path: path.startsWith('.') ? path.replace(/\.ts$/, '.js') : path, external: true }
        : undefined,
    );
  },
});
const isLibrary = (path) => !path.startsWith('.') && !isBundled(path);

rmSync(dist, { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: modules.filter((file) => !bins.includes(file)).map((file) => join(src, file)),
  plugins: [
    external((path, importer) => isLibrary(path) || (path.startsWith('.') && importer.startsWith(src))),
  ],
});
// A command starts in half the time when it is one file.
if (bins.length > 0) {
  await build({
    ...shared,
    entryPoints: bins.map((file) => join(src, file)),
    plugins: [external(isLibrary)],
  });
}

for (const file of others) cpSync(join(src, file), join(dist, file));
if (existsSync(join(root, 'tsconfig.lib.json'))) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', join(root, 'tsconfig.lib.json')], {
    stdio: 'inherit',
  });
}

const leaks = globSync('**/*.js', { cwd: dist }).filter((file) =>
  /(from|import\()\s*["'](d1-core\/|d1-[a-z]+\/source["'])/.test(readFileSync(join(dist, file), 'utf8')),
);
if (leaks.length > 0) throw new Error(`What is not published is imported by ${leaks.join(', ')}.`);
for (const bin of bins) chmodSync(join(dist, bin.replace(/\.ts$/, '.js')), 0o755);
