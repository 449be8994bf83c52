import { basename, join, posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import {
  findWranglerConfig,
  listEnvironments,
  readWranglerConfig,
  type D1Binding,
} from 'd1-core/environment';
import {
  cachingOf,
  isProject,
  migrationInputs,
  problemOf,
  readProjectName,
  type Workspace,
} from 'd1-core/inference';
import { CONFIG_NAMES } from '../config/config-names.ts';
import { RUN_MARK } from './run-mark.ts';
import { DEFAULT_TARGET_NAME, type D1LintPluginOptions } from './options.ts';

const EXECUTOR = 'd1-lint:lint';

export interface InferredProject {
  /** Relative to the workspace root, with `/`; '.' for the workspace itself. */
  readonly root: string;
  readonly configFile: string;
  readonly name: string;
  readonly targets: Record<string, TargetConfiguration>;
}

/** The lint target of a folder, or undefined where it is no project or has no D1 database. Never throws. */
export function inferProject(
  folder: string,
  { lintTargetName = DEFAULT_TARGET_NAME }: D1LintPluginOptions,
  workspace: Workspace,
): InferredProject | undefined {
  const absolute = join(workspace.root, folder);
  const file = findWranglerConfig(absolute);
  if (file === undefined || !isProject(absolute)) return undefined;

  const { databases, problem } = readDatabases(file);
  if (problem === undefined && databases.length === 0) return undefined;
  const configFile = posix.join(folder, basename(file));
  const name = readProjectName(absolute);
  const { cache, inputs } = cachingOf(
    folder,
    {
      name: lintTargetName,
      executor: EXECUTOR,
      wranglerConfig: configFile,
      changing: ['fix', 'updateBaseline', 'since'],
      configFiles: configPlaces(folder).flatMap((place) =>
        CONFIG_NAMES.map((config) => join(workspace.root, place, config)),
      ),
      variables: [RUN_MARK, 'GITHUB_ACTIONS', 'D1_WRANGLER'],
    },
    workspace,
  );
  return {
    root: folder,
    configFile,
    name,
    targets: {
      [lintTargetName]: {
        executor: EXECUTOR,
        options: { wranglerConfig: configFile },
        cache,
        inputs: [...inputsOf(configFile, folder, databases, workspace), ...inputs],
        outputs: ['{options.output}'],
        metadata: {
          technologies: ['cloudflare', 'd1', 'sqlite'],
          description: problem ?? 'Find what is wrong in the D1 migrations before they run',
          help: {
            command: `npx nx run ${name}:${lintTargetName} --help`,
            example: { options: { fix: true } },
          },
        },
      },
    },
  };
}

function readDatabases(file: string): { databases: readonly D1Binding[]; problem?: string } {
  try {
    const environments = listEnvironments(readWranglerConfig(file), {});
    return { databases: environments.flatMap(({ databases }) => databases) };
  } catch (error) {
    return { databases: [], problem: problemOf(error) };
  }
}

/** They make `nx affected` and the cache notice a new migration and another config, also where it is new. */
function inputsOf(
  configFile: string,
  folder: string,
  databases: readonly D1Binding[],
  { root, namedInputs }: Workspace,
): NonNullable<TargetConfiguration['inputs']> {
  return [
    ...migrationInputs(databases, folder, root),
    `{workspaceRoot}/${configFile}`,
    ...configPlaces(folder).map(
      (place) => `{workspaceRoot}/${posix.join(place, 'd1-lint.config.{json,ts}')}`,
    ),
    ...configPlaces(folder).map((place) => `{workspaceRoot}/${posix.join(place, '.d1-lint-baseline.json')}`),
    'production' in namedInputs ? '^production' : '^default',
  ];
}

/** Where the config may be: in the folder, and in every one above it. */
function configPlaces(folder: string): readonly string[] {
  if (folder === '.') return ['.'];
  return [folder, ...configPlaces(posix.dirname(folder))];
}
