export { targetName, targetNames } from './build-targets.ts';
export { checkPluginOptions } from './check-options.ts';
export { createNodesOf } from './create-nodes.ts';
export { configFolders } from './infer-projects.ts';
export { isProject, migrationsFolders, problemOf, type Workspace } from './infer-project.ts';
export { isObject } from './is-object.ts';
export { oneLine } from './one-line.ts';
export type { EnvironmentOption, PluginOptions } from './plugin-options.ts';
export type { PluginDefinition, TargetDefinition, TargetNameOption } from './target-definition.ts';
