// usage: npm run engine-facts
// Measures what the workerd of the newest and of the oldest supported wrangler takes, and writes it into d1-lint.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { findWrangler } from '../packages/d1-core/src/wrangler/index.ts';
import { probeEngine } from '../packages/d1-lint/src/testing/probe-engine.ts';

const file = join(import.meta.dirname, '../packages/d1-lint/src/d1/measured.ts');
const newest = await probeEngine(findWrangler(import.meta.dirname, 'wrangler'));
const oldest = await probeEngine(findWrangler(import.meta.dirname, 'wrangler-min'));
const text = `import type { EngineFacts } from './engine-facts.ts';

// Written by "npm run engine-facts" from workerd itself. Edits here are lost.

/** Of the newest wrangler that the rules were tested with. */
export const NEWEST: EngineFacts = ${JSON.stringify(newest)};

/** Of the oldest supported one: what a local database may be. */
export const OLDEST: EngineFacts = ${JSON.stringify(oldest)};
`;
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
