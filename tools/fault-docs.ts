// usage: npm run docs:faults [-- --check]
// Writes docs/reference/faults.md from the fault suite of d1-migrate. With --check it writes nothing, and exits 1 when
// the page differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { faultPage } from '../packages/d1-migrate/src/faults/testing/fault-table.ts';
import { SCENARIOS } from '../packages/d1-migrate/src/faults/testing/scenarios.ts';

const file = join(import.meta.dirname, '../docs/reference/faults.md');
const wanted = await format(faultPage(SCENARIOS), { ...(await resolveConfig(file)), parser: 'markdown' });
if (!process.argv.includes('--check')) {
  writeFileSync(file, wanted);
} else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('docs/reference/faults.md is stale: run "npm run docs:faults".');
  process.exitCode = 1;
}
