#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { requireNode } from 'd1-core/node';

async function main(): Promise<void> {
  requireNode();
  enableCompileCache?.();
  const [{ runCli }, { COMMANDS }] = await Promise.all([
    import('d1-core/cli'),
    import('./commands/index.ts'),
  ]);
  process.exitCode = await runCli(COMMANDS, process.argv.slice(2));
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
