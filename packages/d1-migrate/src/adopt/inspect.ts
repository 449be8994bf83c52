import {
  fileFindings,
  folderFindings,
  readMigration,
  type FileFinding,
  type MigrationFile,
} from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import { replayMigrations } from '../invert/index.ts';

/** What is wrong with a migrations folder. */
export interface Inspection {
  readonly files: readonly MigrationFile[];
  /** Of names, numbers and texts. */
  readonly findings: readonly FileFinding[];
  /** Files that fail when all are run in order, on an empty database. */
  readonly failing: readonly { readonly name: string; readonly line: number; readonly message: string }[];
  /** What looks like the program of an older way to run migrations. */
  readonly runners: readonly string[];
}

/**
 * Reads a folder, and runs its migrations in memory. `others` are the names of all that lies directly in it, `notTaken` what
 * `notTakenFindings` says of it.
 */
export async function inspectFolder(
  files: readonly MigrationFile[],
  others: readonly string[],
  notTaken: readonly FileFinding[] = [],
): Promise<Inspection> {
  const [steps, tokenize] = await Promise.all([replayMigrations(files), loadTokenizer()]);
  return {
    files,
    findings: [
      ...notTaken,
      ...folderFindings(files),
      ...files.map(readMigration).flatMap((file) => fileFindings(file, tokenize)),
    ],
    failing: steps.flatMap(({ file, failure }) =>
      failure === undefined ? [] : [{ name: file.name, ...failure }],
    ),
    runners: others.filter((name) => RUNNER.test(name)),
  };
}

const RUNNER = /\.(?:[cm]?[jt]s|sh|py|rb|go)$/;
