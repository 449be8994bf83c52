import { D1Error } from 'd1-core/errors';
import { ownTableChanges } from 'd1-core/records';
import {
  folderOptions,
  listMigrations,
  notTakenFindings,
  readMigration,
  requireTaken,
  type Checksums,
} from 'd1-core/migrations';
import { loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import type { Target } from 'd1-core/target';

/** A migration as every member of a fleet is to have it. */
export interface DesiredMigration {
  /** As it stands in the history. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly checksums: Checksums;
}

/**
 * Reads the migrations folder of a target once for all members, in the order of its wrangler. Throws D1Error `not-taken` for a
 * file that wrangler would not apply, `changes-own-tables` for one that changes what the tools keep in a database, and
 * `no-statement` for one without SQL.
 */
export async function readDesired(target: Target): Promise<readonly DesiredMigration[]> {
  const { environment, database, wrangler } = target;
  const folder = folderOptions({ ...database, configFile: environment.configFile }, wrangler.version);
  const files = listMigrations(folder);
  requireTaken(notTakenFindings(folder));
  const tokenize = await loadTokenizer();
  return Promise.all(
    files.map(async (file) => {
      const migration = readMigration(file);
      const { name, path, text } = migration;
      const [own] = await ownTableChanges(text, database.migrationsTable);
      if (own !== undefined) throw changesOwnTables(name, path, own.table);
      const statements = splitStatements(tokenize(text)).map((one) => statementText(text, one));
      if (statements.length === 0) throw noStatement(name, path);
      return { name, statements, checksums: migration.checksums(tokenize) };
    }),
  );
}

const changesOwnTables = (name: string, file: string, table: string): D1Error =>
  new D1Error({
    code: 'changes-own-tables',
    message: `${name} changes ${table}, in which wrangler and d1-migrate keep what is applied.`,
    fix: 'Take that statement out of the file.',
    notes: ['No database was changed.'],
    location: { file },
    exitCode: 2,
  });

const noStatement = (name: string, file: string): D1Error =>
  new D1Error({
    code: 'no-statement',
    message: `${name} has no SQL statement.`,
    fix: 'Write one, such as SELECT 1, or remove the file.',
    notes: ['No database was changed.'],
    location: { file },
    exitCode: 2,
  });
