import { temporaryFolder } from 'd1-core/testing';
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
  ['--updateBaseline'],
  ['--update-baseline'],
  ['--since=nowhere'],
  ['--since', 'nowhere'],
])('two runs with %s %s are never the same', (...words) => {
  expect(mark('affected', '-t', 'lint', ...words)).not.toBe(mark('affected', '-t', 'lint', ...words));
});
