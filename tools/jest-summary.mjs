import { relative } from 'node:path';

/**
 * Ends a Jest run with its ten slowest files, and one line that scripts can read: `N passed, N failed`, after the wrangler if it
 * is not the newest.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = results;
    const lane = process.env.D1_WRANGLER ? `${process.env.D1_WRANGLER}: ` : '';
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    console.log(slowest(results));
    // A suite that cannot even be loaded has no tests to count; it is a failure all the same.
    console.log(
      `${lane}${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}`,
    );
  }
}

function slowest({ testResults, startTime }) {
  const files = testResults
    .map(({ testFilePath, perfStats }) => ({
      file: relative(process.cwd(), testFilePath),
      seconds: (perfStats.end - perfStats.start) / 1000,
    }))
    .sort((left, right) => right.seconds - left.seconds);
  const rows = files.slice(0, 10).map(({ file, seconds }) => `${seconds.toFixed(0).padStart(6)} s  ${file}`);
  return [
    'The slowest files:',
    ...rows,
    `${((Date.now() - startTime) / 1000).toFixed(0).padStart(6)} s  in all`,
  ].join('\n');
}
