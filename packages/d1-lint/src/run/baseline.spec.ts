import { lintExample } from '../testing/examples.ts';
import { applyBaseline, makeBaseline } from './baseline.ts';

const findingsOf = async (text: string) => (await lintExample(text)).findings;

describe('a baseline', () => {
  it('knows a finding by its rule and statement, not by its line', async () => {
    const baseline = makeBaseline(await findingsOf('VACUUM;\nPRAGMA user_version = 1;'));
    const moved = await findingsOf(
      '-- new\n\nPRAGMA  user_version=1 ;\n/* x */ VACUUM;\nPRAGMA user_version = 2;',
    );
    const { findings, passedOver, stale } = applyBaseline(moved, baseline);
    expect(findings.map(({ start }) => start.line)).toEqual([5]);
    expect([passedOver, stale]).toEqual([2, []]);
  });

  it('counts: a second statement of the same text is new', async () => {
    const baseline = makeBaseline(await findingsOf('VACUUM;'));
    expect(applyBaseline(await findingsOf('VACUUM;VACUUM;'), baseline).findings).toHaveLength(1);
  });

  it('names what matches nothing any more', async () => {
    const baseline = makeBaseline(await findingsOf('VACUUM;'));
    expect(applyBaseline([], baseline).stale).toEqual(baseline.findings);
  });

  it('is the same whatever the order of the findings', async () => {
    const findings = await findingsOf('VACUUM; PRAGMA user_version = 1; VACUUM;');
    expect(makeBaseline([...findings].reverse())).toEqual(makeBaseline(findings));
  });
});
