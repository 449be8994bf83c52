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
