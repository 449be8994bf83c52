import { basename, posix } from 'node:path';
import { D1Error, nearest } from '../errors/index.ts';
import { inferProject } from './infer-project.ts';
import type { InferredProject } from './infer-project.ts';
import type { Workspace } from './workspace.ts';
import type { PluginOptions } from './plugin-options.ts';
import type { PluginDefinition } from './target-definition.ts';

/** Folders that hold generated or foreign configs. */
const ignoredFolders: ReadonlySet<string> = new Set(['node_modules', '.wrangler', 'dist']);

/** The folders of the wrangler configs that Nx has found, each once. */
export function configFolders(configFiles: readonly string[]): readonly string[] {
  const folders = configFiles
    .map((file) => posix.dirname(file))
    .filter((folder) => !folder.split('/').some((part) => ignoredFolders.has(part)));
  return [...new Set(folders)];
}

/**
 * The projects of the wrangler configs that Nx has found, one a folder.
 * Throws D1Error `invalid-plugin-options` for an environment setting that applies to none of them.
 */
export function inferProjects(
  plugin: PluginDefinition,
  configFiles: readonly string[],
  options: PluginOptions,
  workspace: Workspace,
): readonly InferredProject[] {
  const makers = configFolders(configFiles)
    .map((folder) => inferProject(plugin, folder, options, workspace))
    .filter((maker) => maker !== undefined);
  const projects = makers.map((make) => make(makers.length > 1));
  checkSettings(plugin, Object.keys(options.environments ?? {}), projects);
  return projects;
}

function checkSettings(
  plugin: PluginDefinition,
  settings: readonly string[],
  projects: readonly InferredProject[],
): void {
  // A config that cannot be read may be the one that has it.
  const undecided =
    projects.length === 0 || projects.some((project) => project.environmentNames === undefined);
  if (undecided) return;
  const known = [...new Set(projects.flatMap((project) => project.environmentNames ?? []))];
  requireKnownSettings(plugin, settings, known);
}

/** Throws D1Error `invalid-plugin-options` for a setting in a file that applies to no environment. */
export function requireKnownSettings(
  plugin: PluginDefinition,
  settings: readonly string[],
  known: readonly string[],
  file = 'nx.json',
): void {
  const unused = settings.find((name) => !known.includes(name));
  if (unused === undefined) return;
  const meant = nearest(unused, known);
  throw new D1Error({
    code: 'invalid-plugin-options',
    message: `The option environments.${unused} of the plugin ${plugin.name} applies to no environment with a D1 database.`,
    fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Known: ${known.join(', ')}. Correct it in ${basename(file)}, or say with "wranglerEnv" where it stands.`,
    exitCode: 2,
    location: { file },
  });
}
