// usage: node run-executor.ts <executor> <workspace root> <options as JSON>
// Runs an executor in a process of its own, without Nx: for tests that kill it, and to time it.
import { enableCompileCache } from 'node:module';

enableCompileCache(); // As Nx does before it loads an executor.
const [, , name = 'backup', root = '.', options = '{}'] = process.argv;
const { default: run } = await import(`../executors/${name}/executor.ts`);
const given = JSON.parse(options);
const { success } = await run(given, { root, target: { options: given } });
process.exitCode = success ? 0 : 1;
