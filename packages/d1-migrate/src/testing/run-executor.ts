// usage: node run-executor.ts <executor> <workspace root> <options as JSON>
// Runs an executor in a process of its own, without Nx: for tests that kill it, and to time it.
import { enableCompileCache } from 'node:module';

enableCompileCache(); // As Nx does before it loads an executor.
const [, , name = 'migrate', root = '.', options = '{}'] = process.argv;
const executors: Readonly<Record<string, unknown>> = await import('../executors.ts');
const run = executors[name];
if (typeof run !== 'function') throw new Error(`There is no executor "${name}".`);
const given = JSON.parse(options);
const { success } = await run(given, {
  root,
  target: { options: given },
  projectsConfigurations: { version: 2, projects: {} },
});
process.exitCode = success ? 0 : 1;
