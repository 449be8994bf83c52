// usage: node tools/lockcheck.mjs package-lock.json
// `npm install` silently leaves out optional packages that the registry does not serve; `npm ci` then refuses the
// lock. Platform binaries (nx, workerd, swc, esbuild) are such packages. This finds every one that is not locked.
import { readFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const { packages } = JSON.parse(readFileSync(file, 'utf8'));

/** The entry that Node would load `name` from, seen from `folder`: the nearest node_modules upwards. */
function resolveLocked(name, folder) {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const entry = packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (entry !== undefined || at === '') return entry;
  }
}

const missing = [];
for (const [folder, { optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const entry = resolveLocked(name, folder);
    const exact = /^\d+\.\d+\.\d+/.test(range);
    if (entry === undefined || (exact && entry.version !== range)) {
      missing.push(`${folder || 'the workspace'} needs ${name}@${range}, which is not in the lock`);
    }
  }
}

if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exitCode = 1;
}
