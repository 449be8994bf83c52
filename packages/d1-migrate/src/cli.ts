#!/usr/bin/env node
import { main } from 'd1-core/bin';

await main(async () => {
  const [{ COMMANDS }, { GENERATORS }] = await Promise.all([
    import('./commands/index.ts'),
    import('./generators/portable.ts'),
  ]);
  return { ...COMMANDS, generators: GENERATORS };
});
