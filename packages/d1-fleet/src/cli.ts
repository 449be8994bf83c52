#!/usr/bin/env node
import { main } from 'd1-core/bin';

await main(async () => (await import('./commands/index.ts')).COMMANDS);
