export { addScripts } from './add-scripts.ts';
export { addWrangler } from './add-wrangler.ts';
export { ignoreFolder } from './ignore-folder.ts';
export { findWorkers } from './find-worker.ts';
export { factoryOf, nxSite, type NxSite } from './nx-site.ts';
export { readPluginOptions } from './plugin-options.ts';
export { registerPlugins } from './register-plugins.ts';
export { targetScripts } from './script-warnings.ts';
export { setUp, setUpOptions, type SetUpOptions } from './set-up.ts';
