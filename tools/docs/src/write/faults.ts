import { faultPage, SCENARIOS } from 'd1-migrate/faults';
import type { WrittenFiles } from './written-files.ts';

/** docs/reference/faults.md, from the fault suite of d1-migrate. */
export const faults = (): WrittenFiles => ({
  texts: new Map([['docs/reference/faults.md', faultPage(SCENARIOS)]]),
});
