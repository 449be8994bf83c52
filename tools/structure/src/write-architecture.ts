// usage: npm run docs
// Writes docs/architecture.md and its pictures where the rooms or their imports have changed.
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { architecture } from './architecture.ts';
import { REPOSITORY } from './tree.ts';

for (const [path, text] of await architecture()) {
  const file = join(REPOSITORY, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  writeFileSync(file, text);
  console.log(path);
}
