import { parseRequestedRun } from './requested-run.ts';
import type { RequestedRun } from './requested-run.ts';

const one = (run: object): object => ({
  kind: 'one',
  specifier: undefined,
  project: undefined,
  target: undefined,
  configuration: undefined,
  ...run,
});
const many = (run: object): object => ({
  kind: 'many',
  targets: [],
  projects: [],
  exclude: [],
  configuration: undefined,
  ...run,
});
const parse = (line: string): RequestedRun =>
  parseRequestedRun([
    'node',
    '/w/node_modules/.bin/nx',
    ...line.split(' ').map((word) => word.replaceAll("''", '')),
  ]);

describe('parseRequestedRun', () => {
  const specifier = 'workers:migrate';
  it.each([
    ['run workers:migrate', one({ specifier })],
    ['run workers:migrate:prod', one({ specifier: 'workers:migrate:prod' })],
    ['run workers:migrate -c prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate -c=prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate --c prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate --configuration prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate --configuration=prod', one({ specifier, configuration: 'prod' })],
    ['run -c prod workers:migrate', one({ specifier, configuration: 'prod' })],
    ['-c prod run workers:migrate', one({ specifier, configuration: 'prod' })],
    ['--configuration=prod --verbose run workers:migrate', one({ specifier, configuration: 'prod' })],
    [
      'run --output-style static --parallel=1 workers:migrate -c prod',
      one({ specifier, configuration: 'prod' }),
    ],
    ['run --outputStyle=static --no-tui workers:migrate -c prod', one({ specifier, configuration: 'prod' })],
    ['run --verbose true workers:migrate -c prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate --dryRun -c prod', one({ specifier, configuration: 'prod' })],
    ['run workers:migrate --prod', one({ specifier, configuration: 'production' })],
    ['run workers:migrate --prod=false', one({ specifier })],
    ['run workers:migrate --no-prod', one({ specifier })],
    ['run workers:migrate -c staging --prod', one({ specifier, configuration: 'staging' })],
    ['run workers:migrate -- -c prod', one({ specifier })],
    ['run workers:migrate -cprod', one({ specifier })],
    ["run workers:migrate -c ''", one({ specifier, configuration: '' })],
    ['run workers:migrate --configuration=', one({ specifier, configuration: '' })],
    ['run workers:migrate -c', one({ specifier, configuration: '' })],
    ['run workers:migrate -c --verbose', one({ specifier, configuration: '' })],
    ['run workers:migrate -c a -c b', one({ specifier, configuration: 'a,b' })],
    [
      'run --project=workers --target migrate -c prod',
      one({ project: 'workers', target: 'migrate', configuration: 'prod' }),
    ],
    ['status workers -c prod', one({ target: 'status', project: 'workers', configuration: 'prod' })],
    ['-c prod status workers', one({ target: 'status', project: 'workers', configuration: 'prod' })],
    ['status -p workers -c prod', one({ target: 'status', project: 'workers', configuration: 'prod' })],
    ['status --configuration prod', one({ target: 'status', configuration: 'prod' })],
    ['l workers -c prod', one({ target: 'lint', project: 'workers', configuration: 'prod' })],
    ['run-many -t migrate', many({ targets: ['migrate'] })],
    ['run-many -t migrate status -c prod', many({ targets: ['migrate', 'status'], configuration: 'prod' })],
    [
      'run-many --targets=migrate,status -c=prod',
      many({ targets: ['migrate', 'status'], configuration: 'prod' }),
    ],
    ['run-many --target migrate --configuration=prod', many({ targets: ['migrate'], configuration: 'prod' })],
    [
      'run-many -p workers api -t migrate --exclude web docs -c prod',
      many({
        targets: ['migrate'],
        projects: ['workers', 'api'],
        exclude: ['web', 'docs'],
        configuration: 'prod',
      }),
    ],
    [
      'run-many --projects=tag:d1,!api -t migrate --all -c prod',
      many({ targets: ['migrate'], projects: ['tag:d1', '!api'], configuration: 'prod' }),
    ],
    ['run-many -c prod -t migrate', many({ targets: ['migrate'], configuration: 'prod' })],
    ['run-many -t migrate -c staging --prod', many({ targets: ['migrate'], configuration: 'production' })],
    ['run-many -t migrate -- -c prod', many({ targets: ['migrate'] })],
    ['affected -t migrate -c prod', many({ targets: ['migrate'], configuration: 'prod' })],
    [
      'affected --base main --head=HEAD --files a b -t migrate --configuration prod --exclude=api',
      many({ targets: ['migrate'], exclude: ['api'], configuration: 'prod' }),
    ],
    ['affected:lint -c prod', many({ targets: ['lint'], configuration: 'prod' })],
  ])('reads nx %s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it('reads an Nx without arguments', () => {
    expect(parseRequestedRun(['node', 'nx'])).toEqual(one({ target: '' }));
  });
});
