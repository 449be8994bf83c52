import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { markOf } from './run-mark.ts';

const mark = (...words: string[]) => markOf(['node', 'nx', ...words], temporaryFolder());

it.each([
  ['nx run workers:lint', ['run', 'workers:lint']],
  ['another option', ['run', 'workers:lint', '--format=json', '--fixed']],
  ['an option that is switched off', ['run', 'workers:lint', '--fix=false']],
])('%s says nothing that Nx does not know', (_, words) => {
  expect(mark(...words)).toBe(mark());
});

it.each([
  ['--fix'],
  ['--fix=true'],
  ['--writeAccepted'],
  ['--write-accepted'],
  ['--since=nowhere'],
  ['--since', 'nowhere'],
])('two runs with %s %s are never the same', (...words) => {
  expect(mark('affected', '-t', 'lint', ...words)).not.toBe(mark('affected', '-t', 'lint', ...words));
});

describe('a file that the command line names', () => {
  const root = temporaryFolder();
  const start = {
    'other/lint.ts': "import './more.ts'; export default { accepted: 'known.json' };",
    'other/more.ts': '',
    'other/known.json': '{}',
    'known.json': '{}',
  };
  beforeEach(() => writeFiles(root, start));
  const now = (...words: string[]) => markOf(['node', 'nx', 'run', 'w:lint', ...words], root);

  it.each([
    [['--config=other/lint.ts'], 'other/lint.ts'],
    [['--config', 'other/lint.ts'], 'other/more.ts'],
    [['--config=other/lint.ts'], 'other/known.json'],
    [['--accepted=known.json'], 'known.json'],
  ])('%j makes another run when %s changes', (words, changed) => {
    const before = now(...words);
    expect(now(...words)).toBe(before);
    writeFiles(root, { [changed]: ' ' });
    expect(now(...words)).not.toBe(before);
  });

  it('is not remembered where it is another wrangler config', () => {
    expect(now('--wranglerConfig=w.toml')).not.toBe(now('--wranglerConfig=w.toml'));
  });
});
