import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  folderRules,
  listMigrations,
  patternInFolder,
  readMigration,
  type Checksums,
  type MigrationFile,
} from 'd1-core/migrations';
import { makeThrowAwayFolder, quickParent } from 'd1-core/node';
import type { Tokenize } from 'd1-core/sql';
import { wranglerTarget, type Target } from 'd1-core/target';
import type { WranglerResult, WranglerTarget } from 'd1-core/wrangler';

/** The migrations that were checked, in a folder that nobody else writes to, for wrangler to apply. */
export interface PrivateCopy {
  /** The same database, with the copy as its migrations folder. */
  readonly target: WranglerTarget;
  /** Of what the copy holds now, by the name of the migration; empty where somebody has removed it. */
  checksums(tokenize: Tokenize): ReadonlyMap<string, Checksums>;
  /** What wrangler said, in the words of the workspace: the copy is gone when anybody reads it. */
  asOfFolder(result: WranglerResult): WranglerResult;
  remove(): void;
}

const FOLDER = 'migrations';

/**
 * Copies what was checked, as it was when it was checked. Wrangler finds nothing else there: neither what was changed or
 * added since, nor what is applied already. Throws D1Error `undetermined-order` where wrangler would apply the copy in
 * another order than the folder.
 */
export function copyForWrangler(target: Target, pending: readonly MigrationFile[]): PrivateCopy {
  const { environment, database, wrangler } = target;
  const { path, remove } = makeThrowAwayFolder(quickParent());
  const folder = join(path, FOLDER);
  const configFile = join(path, 'wrangler.json');
  const pattern = patternInFolder({ ...database, configFile: environment.configFile });
  const list = () => listMigrations({ folder, rules: folderRules(wrangler.version), pattern });
  try {
    mkdirSync(folder);
    // A folder in memory lists the newest first, and before 4.80 wrangler takes files with equal numbers as they come.
    for (const file of pending.toReversed()) {
      const copied = join(folder, ...file.name.split('/'));
      mkdirSync(dirname(copied), { recursive: true });
      writeFileSync(copied, readMigration(file).bytes, { mode: 0o400 });
    }
    writeFileSync(configFile, JSON.stringify(configOf(target, pattern)));
    requireOrder(pending, list(), target);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    target: { ...wranglerTarget(target), configFile },
    checksums(tokenize) {
      try {
        return new Map(list().map((file) => [file.name, readMigration(file).checksums(tokenize)]));
      } catch (error) {
        if (isD1Error(error)) return new Map();
        throw error;
      }
    },
    asOfFolder(result) {
      const inWords = (text: string) =>
        text.replaceAll(configFile, environment.configFile).replaceAll(folder, database.migrationsDir);
      const { command, stdout, stderr, log } = result;
      return {
        ...result,
        command: inWords(command),
        stdout: inWords(stdout),
        stderr: inWords(stderr),
        log: inWords(log),
      };
    },
    remove,
  };
}

/** What wrangler needs of the config to apply migrations: which database it is, and where it is reached. */
function configOf({ environment, database }: Target, pattern: string): object {
  const { wranglerEnv, accountId, complianceRegion } = environment;
  const databases = [
    {
      binding: database.binding,
      database_name: database.databaseName,
      database_id: database.databaseId,
      preview_database_id: database.previewDatabaseId,
      migrations_table: database.migrationsTable,
      migrations_dir: FOLDER,
      ...(database.migrationsPattern === undefined ? {} : { migrations_pattern: `${FOLDER}/${pattern}` }),
    },
  ];
  const common = { name: 'migrations', account_id: accountId, compliance_region: complianceRegion };
  return wranglerEnv === ''
    ? { ...common, d1_databases: databases }
    : { ...common, env: { [wranglerEnv]: { d1_databases: databases } } };
}

function requireOrder(
  pending: readonly MigrationFile[],
  copied: readonly MigrationFile[],
  { wrangler }: Target,
): void {
  const names = pending.map(({ name }) => name);
  if (copied.length === names.length && copied.every(({ name }, index) => name === names[index])) return;
  throw new D1Error({
    code: 'undetermined-order',
    message: `wrangler ${wrangler.version} applies files with equal numbers in the order of the file system, so the order in which these would run is not known: ${names.join(', ')}.`,
    fix: 'Update wrangler to 4.80 or newer, which orders them by name.',
    notes: ['Nothing was applied.'],
    exitCode: 2,
  });
}
