import { D1Error, nearest } from 'd1-core/errors';
import { posix } from 'node:path';
import { inferProject } from './infer-project.ts';
import type { InferredProject, Workspace } from './infer-project.ts';
import type { D1MigratePluginOptions } from './options.ts';

/** Folders that hold generated or foreign configs. */
const ignoredFolders: ReadonlySet<string> = new Set(['node_modules', '.wrangler', 'dist']);

/**
 * The projects of the wrangler configs that Nx has found, one a folder.
 * Throws D1Error `invalid-plugin-options` for an environment setting that applies to none of them.
 */
export function inferProjects(
  configFiles: readonly string[],
  options: D1MigratePluginOptions,
  workspace: Workspace,
): readonly InferredProject[] {
  const folders = configFiles
    .map((file) => posix.dirname(file))
    .filter((folder) => !folder.split('/').some((part) => ignoredFolders.has(part)));
  const projects = [...new Set(folders)]
    .map((folder) => inferProject(folder, options, workspace))
    .filter((project) => project !== undefined);
  checkSettings(Object.keys(options.environments ?? {}), projects);
  return projects;
}

function checkSettings(settings: readonly string[], projects: readonly InferredProject[]): void {
  const known = [...new Set(projects.flatMap((project) => project.environmentNames ?? []))];
  const unused = settings.find((name) => !known.includes(name));
  // A config that cannot be read may be the one that has it.
  const undecided =
    projects.length === 0 || projects.some((project) => project.environmentNames === undefined);
  if (unused === undefined || undecided) return;
  const meant = nearest(unused, known);
  throw new D1Error({
    code: 'invalid-plugin-options',
    message: `The option environments.${unused} of the plugin d1-migrate/plugin applies to no environment with a D1 database.`,
    fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Known: ${known.join(', ')}. Correct it in nx.json, or say with "wranglerEnv" where it stands.`,
    exitCode: 2,
    location: { file: 'nx.json' },
  });
}
