// usage: node run-built.mjs <package> <executor> <workspace root> <options as JSON>
// Runs an executor as it is published, without Nx.
import { enableCompileCache } from 'node:module';

enableCompileCache(); // As Nx does before it loads an executor.
const [, , name, executor, root, options] = process.argv;
const { [executor]: run } = await import(`../../packages/${name}/dist/executors.js`);
const given = JSON.parse(options);
const { success } = await run(given, { root, target: { options: given } });
process.exitCode = success ? 0 : 1;
