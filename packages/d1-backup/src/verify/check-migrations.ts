import { text } from 'node:stream/consumers';
import type { D1 } from 'd1-core/database';
import { appliedTexts, readDatabaseState, type AppliedMigration } from 'd1-core/records';
import { readMigration, type MigrationFile } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import { ENTRIES, readMigrationState, type MigrationState, type Problem } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';

/** The migrations of a workspace, to set an archive against. */
export interface WorkspaceMigrations {
  /** Wrangler's history table. */
  readonly historyTable: string;
  /** In wrangler's order; undefined where there is no folder. */
  readonly files: readonly MigrationFile[] | undefined;
}

export interface MigrationCheck {
  readonly problems: readonly Problem[];
  /** How the archive stands to the files of the workspace. */
  readonly notes: readonly string[];
  readonly unchecked: readonly string[];
}

/** Compares the history of a restored database with `migration_state.json`, and with the files of the workspace. */
export async function checkMigrations(
  archive: Archive,
  d1: D1,
  { historyTable, files }: WorkspaceMigrations,
): Promise<MigrationCheck> {
  const state = await readState(archive);
  const found = await readDatabaseState(d1, state?.historyTable ?? historyTable);
  const { history } = found;
  const recorded = new Map(
    state?.files.map(({ name, tokenChecksum }) => [name, tokenChecksum]) ??
      [...appliedTexts(found)].flatMap(([name, { tokens, certain }]) => (certain ? [[name, tokens]] : [])),
  );
  return {
    problems: state === undefined ? [] : compareHistory(state, history),
    notes: files === undefined ? [NO_FILES] : await compareFiles(files, history, recorded),
    unchecked:
      state === undefined ? [`The history of migrations: there is no ${ENTRIES.migrations} of ours.`] : [],
  };
}

const NO_FILES = 'There is no migrations folder here that the history could be compared with.';

async function readState(archive: Archive): Promise<MigrationState | undefined> {
  if (!archive.entries.has(ENTRIES.migrations)) return undefined;
  return readMigrationState(await text(await archive.open(ENTRIES.migrations)), archive.file);
}

function compareHistory(
  { applied, historyTable }: MigrationState,
  history: readonly AppliedMigration[],
): readonly Problem[] {
  const line = ({ id, name, appliedAt }: AppliedMigration) => `${id} ${name}, applied ${appliedAt}`;
  const length = Math.max(applied.length, history.length);
  return Array.from({ length }, (_, index) => [applied[index], history[index]] as const).flatMap(
    ([said, found]) => {
      const [expected, is] = [said, found].map((row) => (row === undefined ? 'nothing' : line(row)));
      if (expected === undefined || is === undefined || expected === is) return [];
      return [
        {
          code: 'wrong-history' as const,
          where: `${ENTRIES.migrations}, ${historyTable}`,
          expected,
          found: is,
        },
      ];
    },
  );
}

async function compareFiles(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
  recorded: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  const applied = new Set(history.map(({ name }) => name));
  const names = new Set(files.map(({ name }) => name));
  const missing = history.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const pending = files.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  const modified = files
    .filter((file) => {
      const checksum = recorded.get(file.name);
      return (
        applied.has(file.name) &&
        checksum !== undefined &&
        readMigration(file).checksums(tokenize).tokens !== checksum
      );
    })
    .map(({ name }) => name);
  return [
    ...missing.map((name) => `${name} is applied in the archive, and its file is not here.`),
    ...modified.map((name) => `${name} is applied in the archive, and its file was edited since the backup.`),
    ...pending.map((name) => `${name} is not applied in the archive; "migrate" applies it after a restore.`),
  ];
}
