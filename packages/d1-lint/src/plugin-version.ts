import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package. Its manifest is above `src` and `dist`, and two above what is bundled with the command line. */
export function pluginVersion(): string {
  const file = ['../package.json', '../../package.json']
    .map((path) => join(import.meta.dirname, path))
    .find((path) => existsSync(path));
  const manifest: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
