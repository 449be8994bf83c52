export { addScripts } from './add-scripts.ts';
export { addWrangler } from './add-wrangler.ts';
export { findDatabase, findWorker, findWorkerOrWarn, findWorkers, type Worker } from './find-worker.ts';
export { readPluginOptions, type AnyPluginOptions } from './plugin-options.ts';
export { withReadableErrors } from './readable-errors.ts';
export { registerPlugins } from './register-plugins.ts';
export { scriptWarnings, targetScripts } from './script-warnings.ts';
export { textOptions } from './text-options.ts';
export { targetDefaultsWarnings } from './target-defaults.ts';
