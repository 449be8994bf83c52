import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { D1Error } from '../errors/index.ts';
import { isTrivia, type Tokenize } from '../sql/index.ts';
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
 * Returns a migration whose file is read when its content is first asked for, and only once: whoever asks for the same
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

/** SHA-256 in lower-case hexadecimal. */
export interface Checksums {
  /** Of the file's bytes. */
  readonly raw: string;
  /** Of what the engine sees of it. */
  readonly tokens: string;
}

/**
 * Two checksums of a migration file. `raw` changes with every byte. `tokens` changes only with what the file does:
 * comments, white space, a byte order mark and the kind of line ends do not count. That holds for the line ends inside
 * string literals too: git may check a file out with other line ends than it was committed with, and that is no edit.
 * Upper and lower case count, because the engine keeps the text of CREATE statements.
 *
 * `tokens` is the hash of every token that matters, in order, each as its length in UTF-8 bytes, a colon, and its text.
 */
export function checksums(bytes: Uint8Array, tokenize: Tokenize): Checksums {
  const tokens = createHash('sha256');
  for (const token of tokenize(decode(bytes))) {
    if (isTrivia(token)) continue;
    const text = token.text.replaceAll('\r\n', '\n');
    tokens.update(`${Buffer.byteLength(text)}:${text}`);
  }
  return { raw: createHash('sha256').update(bytes).digest('hex'), tokens: tokens.digest('hex') };
}

/** The text as the engine gets it: without byte order mark, and with U+FFFD for what is not UTF-8. */
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
