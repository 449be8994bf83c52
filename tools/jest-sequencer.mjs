import Sequencer from '@jest/test-sequencer';

/** Files that take long come first, so that none of them is left for the end; by name, since a fresh clone has no earlier run. */
const SLOW = [
  /\/faults\.spec/,
  /kill[^/]*\.spec/,
  /remote[^/]*\.spec/,
  /random\.spec/,
  /workflow\.spec/,
  /wrangler\.spec/,
  /\/(migrate|rollback|backup|restore)\.spec/,
  /\/(pages|screens)\//,
];

export default class SlowestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (SLOW.some((pattern) => pattern.test(path)) ? 0 : 1);
    return super.sort(tests).sort((left, right) => rank(left) - rank(right));
  }
}
