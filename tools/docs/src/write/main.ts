// usage: npm run docs
// Writes the pages that come from the source, and prints those that were not up to date.
import { join } from 'node:path';
import { allWrittenFiles } from './all.ts';
import { staleFiles, writeStale } from './written-files.ts';

const ROOT = join(import.meta.dirname, '../../../..');

for (const files of await allWrittenFiles()) {
  const stale = await staleFiles(ROOT, files);
  writeStale(ROOT, stale);
  for (const path of stale.keys()) console.log(path);
}
