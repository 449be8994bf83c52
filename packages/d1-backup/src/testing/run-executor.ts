// usage: node run-executor.ts <executor> <workspace root> <options as JSON>
import { enableCompileCache } from 'node:module';

// Runs an executor in a process of its own, without Nx: for tests that kill it, and to time it.

enableCompileCache(); // As Nx does before it loads an executor.
const [, , name = 'backup', root = '.', options = '{}'] = process.argv;
const executors: Readonly<Record<string, unknown>> = await import('../executors.ts');
const run = executors[name];
if (typeof run !== 'function') throw new Error(`There is no executor "${name}".`);
const given = JSON.parse(options);
const { success } = await run(given, { root, target: { options: given } });
process.exitCode = success ? 0 : 1;
