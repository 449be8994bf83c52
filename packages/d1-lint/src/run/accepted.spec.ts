import { lintExample } from '../testing/examples.ts';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { accept, acceptedFile, withoutAccepted } from './accepted.ts';

const findingsOf = async (text: string) => (await lintExample(text)).findings;

describe('an accepted finding', () => {
  it('is known by its rule and statement, not by its line', async () => {
    const known = accept(await findingsOf('VACUUM;\nPRAGMA user_version = 1;'));
    const moved = await findingsOf(
      '-- new\n\nPRAGMA  user_version=1 ;\n/* x */ VACUUM;\nPRAGMA user_version = 2;',
    );
    const { findings, accepted, stale } = withoutAccepted(moved, known);
    expect(findings.map(({ start }) => start.line)).toEqual([5]);
    expect([accepted, stale]).toEqual([2, []]);
  });

  it('counts: a second statement of the same text is new', async () => {
    const known = accept(await findingsOf('VACUUM;'));
    expect(withoutAccepted(await findingsOf('VACUUM;VACUUM;'), known).findings).toHaveLength(1);
  });

  it('names what matches nothing any more', async () => {
    const known = accept(await findingsOf('VACUUM;'));
    expect(withoutAccepted([], known).stale).toEqual(known);
  });

  it('is the same whatever the order of the findings', async () => {
    const findings = await findingsOf('VACUUM; PRAGMA user_version = 1; VACUUM;');
    expect(accept([...findings].reverse())).toEqual(accept(findings));
  });
});

describe('a file of accepted findings under its former name', () => {
  it('is refused with the command that renames it, beside the config or above, unless the new one is nearer', () => {
    const former = '.d1-lint-baseline.json';
    const find = (files: Readonly<Record<string, string>>, hasConfig: boolean) => {
      const folder = temporaryFolder();
      writeFiles(folder, { 'api/a.sql': '', ...files });
      const file = hasConfig ? join(folder, 'd1-lint.config.json') : undefined;
      return () => acceptedFile({ config: {}, folder, file }, { from: join(folder, 'api'), upTo: folder });
    };
    for (const hasConfig of [true, false]) {
      expect(find({ [former]: '{}' }, hasConfig)).toThrow(
        expect.objectContaining({
          code: 'renamed-accepted',
          fix: expect.stringMatching(/^Rename it: mv ".+baseline\.json" ".+accepted\.json"\./),
        }),
      );
    }
    expect(find({ [former]: '{}', '.d1-lint-accepted.json': '{}' }, true)()).toMatch(/accepted\.json$/);
    expect(find({ [former]: '{}', 'api/.d1-lint-accepted.json': '{}' }, false)()).toMatch(/accepted\.json$/);
  });
});
