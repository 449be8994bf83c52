// Listed first among the plugins of nx.json, so that an old Node gets a sentence instead of a syntax error:
// the other plugins are TypeScript, which Node strips by itself from 22.18 on.
const [major, minor] = process.versions.node.split('.').map(Number);
const stripsTypes = major >= 24 || (major === 22 && minor >= 18);
if (!stripsTypes) {
  throw new Error(
    `This workspace needs Node 22.18 or newer, or 24, and this is Node ${process.versions.node}. ` +
      'Start Nx with "npx nx …" or "npm run …": both use the Node that "npm ci" installed here.',
  );
}

export const name = 'node-version';
