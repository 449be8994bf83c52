import * as nodeModule from 'node:module';
import type { CliTable } from '../command/index.ts';
import { requireNode } from '../node/index.ts';

/** The whole of a command line. What is heavy, or too new for an old Node, is loaded when Node is known to be able to. */
export async function main(load: () => Promise<CliTable>): Promise<void> {
  try {
    requireNode();
    // An old Node has no such export: it must come as far as being told what it is.
    nodeModule.enableCompileCache?.();
    const [{ runCli }, table] = await Promise.all([import('../cli/index.ts'), load()]);
    process.exitCode = await runCli(table, process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
