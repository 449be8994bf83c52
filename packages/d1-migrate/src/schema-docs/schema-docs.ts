import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainFileError } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import type { MigrationFile } from 'd1-core/migrations';
import { schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { replayMigrations } from '../replay/index.ts';
import { changelogText } from './changelog.ts';
import { schemaPage } from './schema-page.ts';

export interface SchemaDocsRequest {
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** Absolute. */
  readonly changelogFile: string;
  /** Absolute. */
  readonly schemaFile: string;
  /** Otherwise nothing is written, and what is stale is said. */
  readonly write: boolean;
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
  const { files, changelogFile, schemaFile, write } = request;
  const [steps, tokenize] = await Promise.all([replayMigrations(files), loadTokenizer()]);
  const last = steps.at(-1);
  const schema = last?.after ?? (await schemaOf([]));
  const failed = steps.find(({ failure }) => failure !== undefined);
  return {
    documents: [
      bringUpToDate(changelogFile, changelogText(steps, tokenize), write),
      bringUpToDate(schemaFile, schemaPage(schema, last?.file.name), write),
    ],
    failed: failed?.failure && { name: failed.file.name, ...failed.failure },
  };
}

function bringUpToDate(file: string, text: string, write: boolean): WrittenDocument {
  try {
    const isCurrent = existsSync(file) && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text;
    if (isCurrent) return { file, outcome: 'current' };
    if (!write) return { file, outcome: 'stale' };
    makeFolder(dirname(file));
    writeFileSync(file, text);
    return { file, outcome: 'written' };
  } catch (error) {
    throw explainFileError(error, { file }) ?? error;
  }
}
