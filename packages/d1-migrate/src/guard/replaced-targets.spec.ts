import { objectionsTo } from './objections.ts';
import { readRun, type GuardedProjects, type GuardedTarget } from './requested-run.ts';

const ENVIRONMENTS = { development: {}, production: {} };
const d1 = (executor: string, dependsOn: GuardedTarget['dependsOn'] = []): GuardedTarget => ({
  executor,
  configurations: ENVIRONMENTS,
  dependsOn,
});

const projects: GuardedProjects = {
  api: {
    root: 'apps/api',
    metadata: { targetGroups: { D1: ['migrate', 'validate', 'backup', 'deploy', 'lint'] } },
    targets: {
      migrate: d1('d1-migrate:migrate'),
      validate: d1('d1-migrate:validate', ['lint']),
      backup: { executor: 'nx:run-commands', configurations: ENVIRONMENTS },
      'before-deploy': d1('d1-migrate:migrate', ['backup']),
      deploy: { executor: 'nx:run-script' },
      lint: { executor: 'nx:run-script' },
      build: { executor: 'nx:run-script' },
    },
  },
  web: { root: 'apps/web', targets: { deploy: { executor: 'nx:run-script' } } },
};

const objectionsOf = (line: string) =>
  objectionsTo(readRun(['node', 'nx', ...line.split(' ')], projects, ''), projects);

function found(line: string): readonly string[] {
  const { refusal, warnings } = objectionsOf(line);
  const first = (text: string) => text.split(' ')[0] ?? '';
  const refused = refusal?.replace(/\nNothing was run\.$/, '').split('\n');
  return refused?.map((text) => `${first(text)} refused`) ?? warnings.map(first);
}

describe('what Nx runs in place of D1 targets', () => {
  it.each([
    ['run api:deploy --configuration=production', ['api:deploy refused']],
    ['run api:deploy:production', ['api:deploy refused']],
    ['run api:deploy', ['api:deploy']],
    ['run api:validate --configuration=production', ['api:lint refused']],
    ['run api:validate', ['api:lint']],
    ['run-many -t deploy lint -c production', ['api:deploy refused', 'api:lint refused']],
    ['affected -t lint', ['api:lint']],
    ['run-many -t lint -c ci', ['api:lint']],
    ['run api:before-deploy -c production', ['api:backup']],
    ['run api:migrate -c production', []],
    ['run api:build', []],
    ['run web:deploy -c production', []],
    ['run-many -t deploy -p web', []],
  ])('of nx %s is %j', (line, expected) => {
    expect(found(line)).toEqual(expected);
  });

  it('says what runs instead, and how the D1 target gets another name', () => {
    const { warnings } = objectionsOf('run api:deploy');
    expect(warnings).toEqual([
      expect.stringContaining('a script of package.json has that name, and Nx runs it instead.'),
    ]);
    expect(warnings[0]).toContain('"targetPrefix": "d1-"');
  });
});
