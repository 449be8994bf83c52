import { requireNode } from './versions.ts';

describe('requireNode', () => {
  it.each(['22.16.0', '22.23.3', '24.0.0', '26.1.0'])('accepts Node %s', (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.20.2', '22.15.1', '23.11.0'])(
    'refuses Node %s and says which one is needed',
    (version) => {
      expect(() => requireNode(version)).toThrow(
        `need Node 22.16 or newer, or 24, and this is Node ${version}`,
      );
    },
  );
});
