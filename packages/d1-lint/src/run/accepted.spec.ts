import { lintExample } from '../testing/examples.ts';
import { accept, withoutAccepted } from './accepted.ts';

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
