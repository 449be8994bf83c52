import { dirname, join } from 'node:path';
import { D1Error } from '../errors/index.ts';
import {
  codeFrame,
  describeError,
  errorDocument,
  githubAnnotation,
  plural,
  table,
  style,
  terminalText,
} from './index.ts';

const plain = (lines: readonly string[]) => terminalText(lines).trimEnd();

const ERROR = new D1Error({
  code: 'unknown-environment',
  message: 'wrangler.toml has no environment "prodution".',
  fix: 'Did you mean "production"?',
  location: { file: 'apps/workers/wrangler.toml', line: 3, column: 7 },
  notes: ['Known: development, production.'],
  exitCode: 2,
});

describe('an error for people', () => {
  it('says what happened, where, why, and what to do', () => {
    expect(plain(describeError(ERROR))).toBe(
      [
        '✖ wrangler.toml has no environment "prodution".',
        '  at apps/workers/wrangler.toml:3:7',
        '  Known: development, production.',
        '  Fix: Did you mean "production"?',
      ].join('\n'),
    );
  });

  it('names a file inside of the current folder by its path from there', () => {
    const at = (file: string) =>
      plain(describeError(new D1Error({ code: 'x', message: '', fix: '', location: { file, line: 1 } })));
    expect(at(join(process.cwd(), 'migrations', '0001_a.sql'))).toContain('at migrations/0001_a.sql:1');
    expect(at(join(dirname(process.cwd()), 'a.sql'))).toContain(
      `at ${join(dirname(process.cwd()), 'a.sql')}:1`,
    );
  });

  it('shows a stack only when asked to', () => {
    expect(plain(describeError(ERROR))).not.toContain('report.spec');
    expect(plain(describeError(ERROR, { verbose: true }))).toContain('report.spec');
  });

  it('calls anything else a defect of ours', () => {
    expect(plain(describeError(new TypeError('x is undefined')))).toContain('defect of the plugin');
    expect(plain(describeError('a string'))).toContain('a string');
  });

  it('hides secrets', () => {
    const error = new D1Error({ code: 'x', message: 'Authorization: Bearer abcdefgh12345678', fix: '' });
    expect(plain(describeError(error))).not.toContain('abcdefgh12345678');
    expect(JSON.stringify(errorDocument(error))).not.toContain('abcdefgh12345678');
  });
});

describe('an error for machines', () => {
  it('has a stable code', () => {
    expect(errorDocument(ERROR)).toMatchObject({ code: 'unknown-environment', location: { line: 3 } });
    expect(errorDocument(new Error('x'))).toEqual({ code: 'unexpected', message: 'x' });
  });
});

describe('a code frame', () => {
  it('marks the place, with two lines around it', () => {
    const text = 'one\ntwo\nthree\n\tfour\nfive\nsix\nseven';
    expect(codeFrame(text, { line: 4, column: 2 })).toEqual([
      '  2 | two',
      '  3 | three',
      '> 4 | \tfour',
      '    | \t^',
      '  5 | five',
      '  6 | six',
    ]);
  });

  it('cuts long lines', () => {
    expect(codeFrame('x'.repeat(1_000_000), { line: 1, column: 1 }).join('\n').length).toBeLessThan(200);
  });
});

describe('a table', () => {
  it('pads columns by what a terminal shows, not by the length of the text', () => {
    expect(table([['絵', 'a'], ['name', style.bad('b')], ['x']])).toEqual([
      '絵    a',
      `name  ${style.bad('b')}`,
      'x',
    ]);
  });
});

describe('a GitHub annotation', () => {
  it('escapes what would end it', () => {
    expect(githubAnnotation('error', '50%\nmore', { file: 'a,b:c.sql', line: 2, column: 5 })).toBe(
      '::error file=a%2Cb%3Ac.sql,line=2,col=5::50%25%0Amore',
    );
    expect(githubAnnotation('notice', 'done')).toBe('::notice::done');
  });
});

describe('plural', () => {
  it('counts', () => {
    expect([plural(0, 'row'), plural(1, 'row'), plural(2, 'entry', 'entries')]).toEqual([
      '0 rows',
      '1 row',
      '2 entries',
    ]);
  });
});
