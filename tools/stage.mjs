import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the folder that is published, `dist/packages/<name>`: what the manifest names in `files`, with a manifest that says
 * nothing of this repository.
 */
export function stagePackage(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const stage = join('dist/packages', manifest.name);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const file of manifest.files) cpSync(join(root, file), join(stage, file), { recursive: true });
  for (const file of ['README.md', 'CHANGELOG.md'].filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, file), join(stage, file));
  }
  cpSync('LICENSE', join(stage, 'LICENSE'));
  const text = JSON.stringify(publicManifest(manifest), null, 2);
  writeFileSync(join(stage, 'package.json'), `${text}\n`);
}

/** Without what only development needs, and without the entries and conditions that lead to source. */
function publicManifest({ devDependencies: _, nx: __, exports: entries, ...manifest }) {
  const published = Object.entries(entries).flatMap(([path, entry]) => {
    if (typeof entry === 'string') return entry.startsWith('./src/') ? [] : [[path, entry]];
    const conditions = Object.entries(entry).filter(([, file]) => !file.startsWith('./src/'));
    return [[path, Object.fromEntries(conditions)]];
  });
  return { ...manifest, exports: Object.fromEntries(published) };
}
