import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWranglerConfig, readWranglerConfig } from './wrangler-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrangler-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text = '{}') => writeFileSync(join(folder, name), text);

describe('findWranglerConfig', () => {
  it('finds nothing in a folder without a config', () => {
    write('wrangler.yaml');
    expect(findWranglerConfig(folder)).toBeUndefined();
    expect(findWranglerConfig(join(folder, 'missing'))).toBeUndefined();
  });

  it('prefers wrangler.json to wrangler.jsonc to wrangler.toml, as wrangler does', () => {
    write('wrangler.toml', '');
    expect(findWranglerConfig(folder)).toBe(join(folder, 'wrangler.toml'));
    write('wrangler.jsonc');
    expect(findWranglerConfig(folder)).toBe(join(folder, 'wrangler.jsonc'));
    write('wrangler.json');
    expect(findWranglerConfig(folder)).toBe(join(folder, 'wrangler.json'));
  });
});

describe('readWranglerConfig', () => {
  it('reads a file and resolves the migrations folder beside it', () => {
    write('wrangler.toml', '[[d1_databases]]\nbinding = "DB"\n');
    const config = readWranglerConfig(join(folder, 'wrangler.toml'));
    expect(config.environments[0].databases[0]?.migrationsDir).toBe(join(folder, 'migrations'));
  });

  it('names the file that it cannot read', () => {
    expect(() => readWranglerConfig(join(folder, 'wrangler.json'))).toThrow(
      expect.objectContaining({
        code: 'wrangler-config-not-found',
        exitCode: 2,
        location: { file: join(folder, 'wrangler.json') },
      }),
    );
  });
});
