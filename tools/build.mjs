// usage: node tools/build.mjs packages/d1-lint
// Writes dist, file by file in the layout of src, so that a file finds its neighbours (templates, schemas) in both. Only
// what is not published on its own, d1-core, and another plugin's source are bundled, into dist/chunks. What npm publishes is
// copied to dist/packages/<name> of the workspace.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build } from 'esbuild';
import { stagePackage } from './stage.mjs';

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
// The declarations of options are types alone: what is public of them is in those of the entries.
const others = files.filter((file) => !modules.includes(file) && !file.endsWith('.d.ts'));

// A program of d1-core that runs in a process of its own, and is found beside the chunk that starts it.
const PROGRAM = 'miniflare-program';

const bins = Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin ?? {}).map(
  (bin) => relative(dist, join(resolve(root), bin)).replace(/\.js$/, '.ts'),
);

// A program of the package and its templates are found beside the module that uses them: there nothing may be bundled.
const hasNeighbours = others.length > 0 || modules.some((file) => /-program\.ts$/.test(file));
const wholeBins = hasNeighbours ? [] : bins;

const shared = {
  outdir: dist,
  outbase: src,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.16',
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
  entryPoints: [
    ...modules
      .filter((file) => !wholeBins.includes(file))
      .map((file) => ({ in: join(src, file), out: file.replace(/\.ts$/, '') })),
    { in: resolve(`packages/d1-core/src/database/${PROGRAM}.ts`), out: `chunks/${PROGRAM}` },
  ],
  plugins: [
    external((path, importer) => isLibrary(path) || (path.startsWith('.') && importer.startsWith(src))),
  ],
});
// A command starts in half the time when it is one file.
if (wholeBins.length > 0) {
  await build({
    ...shared,
    entryPoints: wholeBins.map((file) => join(src, file)),
    plugins: [external(isLibrary)],
  });
}

for (const file of others) cpSync(join(src, file), join(dist, file));
// One declaration file for each entry of the package, with all that it needs: from the declarations that the type check writes, as
// working them out again takes twice as long.
execFileSync(process.execPath, [resolve('node_modules/typescript-native/bin/tsc'), '-b', root], {
  stdio: 'inherit',
});
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.values(manifest.exports)
  .filter((entry) => typeof entry === 'object' && entry.types !== undefined)
  .map((entry) => ({
    source: join(root, entry['@nx-d1/source'].replace('/src/', '/out-tsc/').replace(/\.ts$/, '.d.ts')),
    declarations: join(root, entry.types),
  }));
const declarations = generateDtsBundle(
  entries.map(({ source }) => ({
    filePath: source,
    output: { noBanner: true, exportReferencedTypes: false },
  })),
  { preferredConfigPath: 'tools/tsconfig.declarations.json' },
);
for (const [index, { declarations: file }] of entries.entries()) writeFileSync(file, declarations[index]);

const leaks = globSync('**/*.{js,d.ts}', { cwd: dist }).filter((file) =>
  /(from|import\()\s*["'](d1-core\/|d1-[a-z]+\/source["']|\.\.?\/.*\.ts["'])/.test(
    readFileSync(join(dist, file), 'utf8'),
  ),
);
if (leaks.length > 0) throw new Error(`What is not published is imported by ${leaks.join(', ')}.`);
const starters = globSync('**/*.js', { cwd: dist }).filter((file) =>
  readFileSync(join(dist, file), 'utf8').includes(`./${PROGRAM}`),
);
if (starters.some((file) => dirname(file) !== 'chunks'))
  throw new Error(`${PROGRAM} is not beside what starts it: ${starters.join(', ')}.`);
if (starters.length === 0) rmSync(join(dist, 'chunks', `${PROGRAM}.js`));
const needy = globSync('**/*.js', { cwd: dist }).filter((file) =>
  /(from|import\()\s*["']@nx\/devkit/.test(readFileSync(join(dist, file), 'utf8')),
);
if (needy.length > 0)
  throw new Error(`Not every workspace has @nx/devkit: ${needy.join(', ')} must use d1-core/nx.`);
for (const bin of bins) chmodSync(join(dist, bin.replace(/\.ts$/, '.js')), 0o755);
stagePackage(root);
