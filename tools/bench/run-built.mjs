// usage: node run-built.mjs <package> <executor> <workspace root> <options as JSON>
// Runs an executor as it is published, without Nx.
import { enableCompileCache } from 'node:module';

enableCompileCache(); // As Nx does before it loads an executor.
const [, , name, executor, root, options] = process.argv;
const { default: run } = await import(`../../packages/${name}/dist/executors/${executor}/executor.js`);
const { success } = await run(JSON.parse(options), { root });
process.exitCode = success ? 0 : 1;
