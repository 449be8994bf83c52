import type { GuardedProjects, GuardedTarget } from './guarded-project.ts';
import { replacedTargets } from './replaced-targets.ts';
import { parseRequestedRun } from './requested-run.ts';

const ENVIRONMENTS = { development: {}, production: {} };
const d1 = (executor: string, dependsOn: GuardedTarget['dependsOn'] = []): GuardedTarget => ({
  executor,
  configurations: ENVIRONMENTS,
  dependsOn,
});

const projects: GuardedProjects = {
  api: {
    root: 'apps/api',
    metadata: { targetGroups: { D1: ['migrate', 'validate', 'deploy-backup', 'deploy', 'lint'] } },
    targets: {
      migrate: d1('d1-migrate:migrate'),
      validate: d1('d1-migrate:validate', ['lint']),
      'deploy-backup': { executor: 'nx:run-commands', configurations: ENVIRONMENTS },
      'before-deploy': d1('d1-migrate:migrate', ['deploy-backup']),
      deploy: { executor: 'nx:run-script' },
      lint: { executor: 'nx:run-script' },
      build: { executor: 'nx:run-script' },
    },
  },
  web: { root: 'apps/web', targets: { deploy: { executor: 'nx:run-script' } } },
};

const found = (line: string, folder = '') =>
  replacedTargets(parseRequestedRun(['node', 'nx', ...line.split(' ')]), projects, folder).map(
    ({ message, isRefused }) => `${message.split(' ')[0]}${isRefused ? ' refused' : ''}`,
  );

describe('replacedTargets', () => {
  it.each([
    ['run api:deploy --configuration=production', ['api:deploy refused']],
    ['run api:deploy:production', ['api:deploy refused']],
    ['run api:deploy', ['api:deploy']],
    ['run api:validate --configuration=production', ['api:lint refused']],
    ['run api:validate', ['api:lint']],
    ['run-many -t deploy lint -c production', ['api:deploy refused', 'api:lint refused']],
    ['affected -t lint', ['api:lint']],
    ['run-many -t lint -c ci', ['api:lint']],
    ['run api:before-deploy -c production', ['api:deploy-backup']],
    ['run api:migrate -c production', []],
    ['run api:build', []],
    ['run web:deploy -c production', []],
    ['run-many -t deploy -p web', []],
  ])('of nx %s are %j', (line, expected) => {
    expect(found(line)).toEqual(expected);
  });

  it('says what runs instead, and how the D1 target gets another name', () => {
    const run = parseRequestedRun(['node', 'nx', 'run', 'api:deploy']);
    expect(replacedTargets(run, projects, '')).toEqual([
      {
        isRefused: false,
        message: expect.stringContaining('a script of package.json has that name, and Nx runs it instead.'),
      },
    ]);
    expect(replacedTargets(run, projects, '')[0]?.message).toContain('"deployTargetName": "d1-deploy"');
  });
});
