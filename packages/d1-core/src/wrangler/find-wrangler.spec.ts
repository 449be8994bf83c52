import { join } from 'node:path';
import { isD1Error } from '../errors/index.ts';
import { temporaryFolder, writeFiles } from '../testing/index.ts';
import { findWrangler } from './find-wrangler.ts';

describe('finding wrangler', () => {
  const folder = temporaryFolder();

  const install = (name: string, manifest: object) =>
    writeFiles(folder, {
      [`${name}/node_modules/wrangler/package.json`]: JSON.stringify({
        name: 'wrangler',
        main: 'cli.js',
        ...manifest,
      }),
      [`${name}/node_modules/wrangler/cli.js`]: '',
    });

  const errorOf = (find: () => unknown) => {
    try {
      find();
    } catch (error) {
      if (isD1Error(error)) return error;
    }
    throw new Error('no D1Error was thrown');
  };

  it('finds the wrangler that Node would load from the project, and its version', () => {
    install('new', { version: '4.200.0', bin: { wrangler: './bin/wrangler.js' } });
    const wrangler = findWrangler(join(folder, 'new'), 'wrangler');
    expect(wrangler.version).toBe('4.200.0');
    expect(wrangler.bin).toBe(join(folder, 'new/node_modules/wrangler/bin/wrangler.js'));
  });

  it('says how to install it when it is missing', () => {
    const error = errorOf(() => findWrangler(folder, 'wrangler-that-is-nowhere'));
    expect(error).toMatchObject({ code: 'wrangler-not-found', exitCode: 2 });
    expect(error.fix).toContain('npm install --save-dev wrangler');
  });

  it('refuses a version older than the oldest supported', () => {
    install('old', { version: '3.114.0', bin: { wrangler: './bin/wrangler.js' } });
    const error = errorOf(() => findWrangler(join(folder, 'old'), 'wrangler'));
    expect(error).toMatchObject({ code: 'wrangler-too-old', exitCode: 2 });
    expect(error.message).toContain('3.114.0');
  });

  it('refuses a package of that name that has no such command', () => {
    install('odd', { version: '4.200.0' });
    expect(errorOf(() => findWrangler(join(folder, 'odd'), 'wrangler'))).toMatchObject({
      code: 'wrangler-not-found',
    });
  });
});
