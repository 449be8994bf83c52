import { terminalText } from 'd1-core/report';
import { describeValidation, type Problem, type ValidateResult } from './index.ts';

const unproved = (name: string): Problem => ({
  severity: 'error',
  code: 'rollback-unproved',
  message: `The rollback script of ${name} is not proved.`,
  fix: '',
  file: `/w/migrations/rollback/${name}`,
  line: 1,
});

const described = (problems: readonly Problem[]): string => {
  const result: ValidateResult = {
    migrations: problems.map(({ file }) => ({ name: file, rollback: 'not-proved' })),
    problems,
    unchecked: [],
    schema: 'none',
    durationMs: 1,
  };
  return terminalText(describeValidation(result, '/w'));
};

describe('the description of a validation', () => {
  it('says in one line that the scripts of an older version have to be proved, and by which command', () => {
    const text = described(['0001_a.sql', '0002_b.sql', '0003_c.sql'].map(unproved));
    expect(text).toContain(
      '3 rollback scripts are not proved with this version of d1-migrate and wrangler.\n  Fix: d1-migrate rollback-script\n',
    );
    expect(text).not.toContain('0002_b.sql');
    expect(text).toContain('3 errors.');
  });
});
