import { readFileSync } from 'node:fs';
import { D1Error } from '../errors/index.ts';
import type { Tokenize } from '../sql/index.ts';
import { checksums, decode, type Checksums } from './checksums.ts';
import type { MigrationFile } from './list-migrations.ts';

/** A migration with what is in its file. */
export interface Migration extends MigrationFile {
  readonly bytes: Uint8Array;
  /** Without byte order mark; what is not UTF-8 stands as U+FFFD. */
  readonly text: string;
  checksums(tokenize: Tokenize): Checksums;
}

const migrations = new WeakMap<MigrationFile, Migration>();

/**
 * Gives a migration whose file is read when its content is first asked for, and only once: whoever asks for the same
 * `MigrationFile` gets the same content, so that what one has checked is what the other runs.
 * Reading throws a `D1Error` (`unreadable-migration`) when the file is gone, or is a folder.
 */
export function readMigration(file: MigrationFile): Migration {
  const known = migrations.get(file);
  if (known !== undefined) return known;
  const bytes = once(() => readBytes(file));
  const text = once(() => decode(bytes()));
  let sums: Checksums | undefined;
  const migration: Migration = {
    ...file,
    get bytes() {
      return bytes();
    },
    get text() {
      return text();
    },
    checksums: (tokenize) => (sums ??= checksums(bytes(), tokenize)),
  };
  migrations.set(file, migration).set(migration, migration);
  return migration;
}

function readBytes({ name, path }: MigrationFile): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new D1Error({
      code: 'unreadable-migration',
      message: `The migration ${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Make it a readable file, or move it out of the migrations folder.',
      location: { file: path },
      exitCode: 2,
      cause,
    });
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
