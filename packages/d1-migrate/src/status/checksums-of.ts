import { readMigration, type MigrationFile } from 'd1-core/migrations';
import type { Tokenize } from 'd1-core/sql';
import type { ChecksumsOf } from './compare.ts';

/** The checksums of a folder's files, each computed when it is first asked for. */
export function checksumsOfFiles(files: readonly MigrationFile[], tokenize: Tokenize): ChecksumsOf {
  const migrations = new Map(files.map((file) => [file.name, readMigration(file)]));
  return (name) => {
    const migration = migrations.get(name);
    if (migration === undefined) throw new RangeError(`${name} is not in the folder`);
    return migration.checksums(tokenize);
  };
}
