import { dirname, resolve } from 'node:path';
import { listEnvironments, readWranglerConfig, type D1Binding } from 'd1-core/environment';
import { D1Error } from 'd1-core/errors';
import { folderRules, patternInFolder } from 'd1-core/migrations';
import {
  checkConfig,
  findConfig,
  loadConfig,
  mergeConfigs,
  type LintConfig,
  type LoadedConfig,
} from '../config/index.ts';
import type { Rule } from '../engine/index.ts';
import type { Baseline } from './baseline.ts';
import { changesSince } from './changed-files.ts';
import { installedSplit, installedWrangler } from './installed-split.ts';
import { readWholeFolder, readRollbackScripts } from './read-files.ts';
import { mergeReports, runLint, type LintReport } from './run-lint.ts';
import { withBaseline } from './with-baseline.ts';

export interface WorkspaceRequest {
  readonly workspaceRoot: string;
  /** Relative to the workspace root. */
  readonly wranglerConfig: string;
  /** A config file, relative to the workspace root. Without it the nearest one above the wrangler config is taken. */
  readonly config?: string | undefined;
  /** What the target's options say; it goes before the config file. */
  readonly settings?: LintConfig | undefined;
  readonly fix?: boolean | undefined;
  readonly updateBaseline?: boolean | undefined;
  /** A git ref: only files that differ from it are reported on. */
  readonly since?: string | undefined;
}

/** Lints the migrations of every database of a wrangler config; a folder that several share is linted once. */
export async function lintWorkspace(request: WorkspaceRequest, rules: readonly Rule[]): Promise<LintReport> {
  const { workspaceRoot, since, fix, updateBaseline } = request;
  const configFile = resolve(workspaceRoot, request.wranglerConfig);
  const databases = distinctFolders(configFile);
  const config = await resolveConfig(request, dirname(configFile), rules);
  // Its version decides which files count. Without it the rules of the newest do.
  const wrangler = installedWrangler(dirname(configFile));
  const lintDatabase = async (database: D1Binding, baseline: Baseline | undefined) => {
    const folder = {
      folder: database.migrationsDir,
      rules: wrangler === undefined ? 'pattern' : folderRules(wrangler.version),
      pattern: patternInFolder({ ...database, configFile }),
      configFile,
    } as const;
    return runLint({
      files: readWholeFolder(folder, workspaceRoot),
      rollbackScripts: readRollbackScripts(database.migrationsDir),
      config,
      rules,
      root: workspaceRoot,
      fix,
      baseline,
      changes: since === undefined ? undefined : await changesSince(since, database.migrationsDir),
      migrationsTable: database.migrationsTable,
      loadSplit: () => installedSplit(dirname(configFile)),
    });
  };
  return withBaseline(
    {
      config,
      folder: dirname(configFile),
      upTo: workspaceRoot,
      root: workspaceRoot,
      update: updateBaseline,
    },
    async (baseline) => {
      const reports: LintReport[] = [];
      for (const database of databases) reports.push(await lintDatabase(database, baseline));
      return mergeReports(reports);
    },
  );
}

function distinctFolders(configFile: string): readonly D1Binding[] {
  const config = readWranglerConfig(configFile);
  const databases = listEnvironments(config, {}).flatMap((environment) => environment.databases);
  const distinct = new Map(
    databases.map((database) => {
      const { migrationsDir, migrationsPattern = '', migrationsTable } = database;
      return [`${migrationsDir}\n${migrationsPattern}\n${migrationsTable}`, database];
    }),
  );
  if (distinct.size > 0) return [...distinct.values()];
  throw new D1Error({
    code: 'no-database',
    message: 'The wrangler config has no D1 database, so there are no migrations to lint.',
    fix: 'Add a d1_databases entry, or lint files directly: "npx d1-lint migrations".',
    location: { file: configFile },
    exitCode: 2,
  });
}

async function resolveConfig(
  { workspaceRoot, config, settings }: WorkspaceRequest,
  folder: string,
  rules: readonly Rule[],
): Promise<LoadedConfig> {
  const ids = rules.map(({ id }) => id);
  const file = config === undefined ? findConfig(folder, workspaceRoot) : resolve(workspaceRoot, config);
  const loaded =
    file === undefined ? { config: {}, folder: workspaceRoot, file: undefined } : await loadConfig(file, ids);
  return settings === undefined
    ? loaded
    : {
        ...loaded,
        config: mergeConfigs(loaded.config, checkConfig(settings, 'the options of the target', ids)),
      };
}
