import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package, for the journal. `src` and `dist` stand equally deep below its package.json. */
export function pluginVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
