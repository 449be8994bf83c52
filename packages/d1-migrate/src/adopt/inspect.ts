import { commandLine, lineFor } from 'd1-core/door';
import {
  type FileFinding,
  fileFindings,
  folderFindings,
  type MigrationFile,
  readMigration,
} from 'd1-core/migrations';
import { plural } from 'd1-core/report';
import { loadTokenizer } from 'd1-core/sql';
import { replayMigrations } from '../replay/index.ts';

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

/** What was found, and which way leads out of it. */
export function describeInspection({ files, findings, failing, runners }: Inspection): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const missed = findings.filter(({ code }) => code === 'not-taken');
  return [
    `${plural(files.length, 'migration')}: ${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}, ${failing.length} that ${failing.length === 1 ? 'does' : 'do'} not run in order.`,
    ...[...errors, ...warnings].map(
      ({ files: names, message, location }) => `  - ${place(names, location?.line, message)}`,
    ),
    ...failing.map(({ name, line, message }) => `  - ${name}:${line} does not run: ${message}`),
    ...runners.map((name) => `  - ${name} looks like an older way to run migrations`),
    '',
    ...(missed.length > 0
      ? ['Let wrangler see every migration first, then look again:', ...missed.map(({ fix }) => `  ${fix}`)]
      : wayOut(errors.length + warnings.length, failing.length, runners.length)),
  ];
}

const place = (names: readonly string[], line: number | undefined, message: string): string =>
  line === undefined ? message : `${names.join(', ')}:${line}: ${message}`;

function wayOut(findings: number, failing: number, runners: number): readonly string[] {
  if (failing > 0) {
    return [
      'The files do not give the schema any more. Make a new start from a database that is right:',
      `  ${lineFor({ environment: '<environment>' }, 'd1-migrate:adopt', 'restart')}`,
    ];
  }
  if (findings > 0) {
    return [
      'What is applied nowhere can get new numbers:',
      `  ${commandLine('d1-migrate:adopt', 'renumber')}`,
      'Or make a new start from a live database, with everything of today in the archive:',
      `  ${lineFor({ environment: '<environment>' }, 'd1-migrate:adopt', 'restart')}`,
      'Or keep the applied ones as they are, with the option "startAfter" of the plugin.',
    ];
  }
  return [
    ...(runners > 0 ? ['Move the old program into the folder archive: nothing needs it any more.'] : []),
    `The files are in order. A database that has their schema without their history gets it with "${commandLine('d1-migrate:baseline')}".`,
  ];
}
