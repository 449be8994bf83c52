import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The version of this package. `src` and `dist` stand equally deep below its package.json, and so does the bundled
 * command in `dist/cli`.
 */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}
