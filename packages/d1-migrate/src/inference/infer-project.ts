import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { findWranglerConfig, listEnvironments, readWranglerConfig } from 'd1-core/environment';
import type { Environment } from 'd1-core/environment';
import { existsSync } from 'node:fs';
import { basename, join, posix, relative, sep } from 'node:path';
import { buildTargets, targetNames } from './build-targets.ts';
import type { D1MigratePluginOptions } from './options.ts';
import { oneLine } from './one-line.ts';
import { readProjectName } from './project-name.ts';

export interface InferredProject {
  /** Relative to the workspace root, with `/`; '.' for the workspace itself. */
  readonly root: string;
  readonly configFile: string;
  readonly project: Pick<ProjectConfiguration, 'targets' | 'metadata'>;
  /** Undefined when the wrangler config could not be read. */
  readonly environmentNames: readonly string[] | undefined;
}

export interface Workspace {
  readonly root: string;
  readonly namedInputs: Readonly<Record<string, unknown>>;
}

/** The D1 targets of a folder, or undefined where it is no project or has no D1 database. Never throws. */
export function inferProject(
  folder: string,
  options: D1MigratePluginOptions,
  workspace: Workspace,
): InferredProject | undefined {
  const absolute = join(workspace.root, folder);
  const file = findWranglerConfig(absolute);
  const isProject = existsSync(join(absolute, 'project.json')) || existsSync(join(absolute, 'package.json'));
  if (file === undefined || !isProject) return undefined;

  const found = readEnvironments(file, options);
  const environments = found.environments ?? [];
  if (found.problem === undefined && environments.length === 0) return undefined;

  const configFile = posix.join(folder, basename(file));
  const folders = migrationsFolders(environments, workspace);
  const targets = buildTargets({
    projectName: readProjectName(absolute),
    wranglerConfig: configFile,
    options,
    environments,
    inputs: targetInputs(configFile, folders, workspace),
    migrationsFolders: folders,
    problem: found.problem,
  });
  return {
    root: folder,
    configFile,
    project: { targets, metadata: { targetGroups: { D1: targetNames(options) } } },
    environmentNames: found.environments?.map((environment) => environment.name),
  };
}

function readEnvironments(
  file: string,
  options: D1MigratePluginOptions,
): { readonly environments?: readonly Environment[]; readonly problem?: string } {
  try {
    return { environments: listEnvironments(readWranglerConfig(file), options.environments ?? {}) };
  } catch (error) {
    const text = isD1Error(error) ? oneLine(error) : String(error);
    return { problem: `Cannot run: ${text}`.replaceAll(/\s+/g, ' ') };
  }
}

function migrationsFolders(environments: readonly Environment[], { root }: Workspace): readonly string[] {
  const folders = environments
    .flatMap((environment) => environment.databases)
    .map((database) => relative(root, database.migrationsDir).split(sep).join('/'))
    .filter((folder) => folder !== '..' && !folder.startsWith('../'));
  return [...new Set(folders)].sort();
}

/** They make `nx affected` notice a new migration, wherever the folder lies, and a change of the plugin. */
const targetInputs = (
  configFile: string,
  folders: readonly string[],
  { namedInputs }: Workspace,
): NonNullable<TargetConfiguration['inputs']> => [
  ...folders.map((folder) => `{workspaceRoot}/${posix.join(folder, '**/*.sql')}`),
  `{workspaceRoot}/${configFile}`,
  'production' in namedInputs ? '^production' : '^default',
];
