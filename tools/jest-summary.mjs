/** Ends a Jest run with one line that scripts can read: `N passed, N failed`, after the wrangler if it is not the newest. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = results;
    const lane = process.env.D1_WRANGLER ? `${process.env.D1_WRANGLER}: ` : '';
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    // A suite that cannot even be loaded has no tests to count; it is a failure all the same.
    console.log(
      `${lane}${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}`,
    );
  }
}
