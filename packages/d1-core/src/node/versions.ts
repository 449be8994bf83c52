import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the package that a folder is in. The chunks of a bundle lie deeper than the modules that they come from. */
export function packageVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return packageVersion(dirname(folder));
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

/**
 * Throws a sentence when this Node lacks what the plugins are built on (`node:sqlite` with search tables, `require` of ES modules).
 * An executor calls it before it imports anything that an old Node could not even load.
 */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 16)) return;
  throw new Error(
    `The D1 plugins need Node 22.16 or newer, or 24, and this is Node ${version}. ` +
      'Install a newer Node, or start Nx with "npx nx …" in a workspace that brings its own.',
  );
}
