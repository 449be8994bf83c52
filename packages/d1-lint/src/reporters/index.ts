export type { Reporter } from './reporter.ts';
export { reportOutcome, reporters } from './report-outcome.ts';
