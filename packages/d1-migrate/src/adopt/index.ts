export { inspectFolder, type Inspection } from './inspect.ts';
export { describeInspection } from './describe.ts';
export { schemaScript } from './schema-script.ts';
export { verifyScript } from './verify-script.ts';
