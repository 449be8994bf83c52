import { selectProjects } from './select-projects.ts';

const projects = {
  workers: { root: 'apps/workers', tags: ['scope:app', 'd1'] },
  'workers-e2e': { root: 'apps/workers-e2e', tags: ['scope:e2e'] },
  api_admin: { root: 'apps/admin/api', tags: ['scope:app'] },
  '@acme/docs': { root: 'docs' },
};

describe('selectProjects', () => {
  it.each([
    [[], []],
    [['workers'], ['workers']],
    [['api'], ['api_admin']],
    [['WORKERS'], ['workers']],
    [['*'], ['workers', 'workers-e2e', 'api_admin', '@acme/docs']],
    [['tag:*'], ['workers', 'workers-e2e', 'api_admin', '@acme/docs']],
    [['apps/{workers,admin}/**'], ['workers', 'api_admin']],
    [['workers*'], ['workers', 'workers-e2e']],
    [['@acme/*'], ['@acme/docs']],
    [['{workers,api_admin}'], ['workers', 'api_admin']],
    [['tag:d1'], ['workers']],
    [['tag:scope:*'], ['workers', 'workers-e2e', 'api_admin']],
    [['directory:apps/**'], ['workers', 'workers-e2e', 'api_admin']],
    [['apps/*'], ['workers', 'workers-e2e']],
    [['name:workers'], ['workers']],
    [['workers*', '!*-e2e'], ['workers']],
    [['!workers'], ['workers-e2e', 'api_admin', '@acme/docs']],
    [['!tag:scope:app'], ['workers-e2e', '@acme/docs']],
    [['missing'], []],
  ])('selects by %j: %j', (patterns, names) => {
    expect(selectProjects(patterns, projects)).toEqual(names);
  });
});
