import { readJson, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { addWrangler } from './index.ts';

function added(manifest: object, options: { keepExistingVersions?: boolean } = {}) {
  const tree = createTreeWithEmptyWorkspace();
  writeJson(tree, 'package.json', manifest);
  addWrangler(tree, options);
  return readJson(tree, 'package.json');
}

it('a workspace without wrangler gets it as a development dependency, in its place', () => {
  const { devDependencies } = added({ devDependencies: { zod: '4.0.0', nx: '23.2.1' } });
  expect(Object.keys(devDependencies)).toEqual(['nx', 'wrangler', 'zod']);
});

it.each([
  ['devDependencies', '4.33.2', {}],
  ['dependencies', '^4.40.0', {}],
  ['devDependencies', '^99.0.0', { keepExistingVersions: false }],
  ['devDependencies', 'catalog:', { keepExistingVersions: false }],
])('a version in %s stays: %s with %j', (field, version, options) => {
  expect(added({ [field]: { wrangler: version } }, options)).toEqual({ [field]: { wrangler: version } });
});

it('an older version is raised where it stands, when that is asked for', () => {
  const { dependencies, devDependencies } = added(
    { dependencies: { wrangler: '4.33.2' } },
    { keepExistingVersions: false },
  );
  expect(dependencies.wrangler).toMatch(/^\^4\.\d{3}/);
  expect(devDependencies).toBeUndefined();
});
