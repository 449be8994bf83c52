import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainFileError } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import type { MigrationFile } from 'd1-core/migrations';
import { schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { replayMigrations } from '../invert/index.ts';
import { changelogText } from './changelog.ts';
import { schemaPage } from './schema-page.ts';

export interface SchemaDocsRequest {
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** Absolute. */
  readonly changelogFile: string;
  /** Absolute. */
  readonly schemaFile: string;
  /** Write nothing, and say what is stale. */
  readonly check: boolean;
}

export interface WrittenDocument {
  readonly file: string;
  readonly outcome: 'current' | 'written' | 'stale';
}

export interface SchemaDocsResult {
  readonly documents: readonly WrittenDocument[];
  /** The first migration that does not run on an empty database: of what is behind it the schema is not known. */
  readonly failed: { readonly name: string; readonly line: number; readonly message: string } | undefined;
}

/** Writes the change log and the schema page from the migrations alone. Asks no database. */
export async function writeSchemaDocs(request: SchemaDocsRequest): Promise<SchemaDocsResult> {
  const { files, changelogFile, schemaFile, check } = request;
  const [steps, tokenize] = await Promise.all([replayMigrations(files), loadTokenizer()]);
  const last = steps.at(-1);
  const schema = last?.after ?? (await schemaOf([]));
  const failed = steps.find(({ failure }) => failure !== undefined);
  return {
    documents: [
      write(changelogFile, changelogText(steps, tokenize), check),
      write(schemaFile, schemaPage(schema, last?.file.name), check),
    ],
    failed: failed?.failure && { name: failed.file.name, ...failed.failure },
  };
}

function write(file: string, text: string, check: boolean): WrittenDocument {
  try {
    const isCurrent = existsSync(file) && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text;
    if (isCurrent) return { file, outcome: 'current' };
    if (check) return { file, outcome: 'stale' };
    makeFolder(dirname(file));
    writeFileSync(file, text);
    return { file, outcome: 'written' };
  } catch (error) {
    throw explainFileError(error, { file }) ?? error;
  }
}
