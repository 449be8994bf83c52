import { relative } from 'node:path';
import { commandLine } from 'd1-core/door';
import { explainFileError } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import { bringUpToDate } from 'd1-core/node';
import { style } from 'd1-core/report';
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

interface WrittenDocument {
  readonly file: string;
  readonly outcome: 'current' | 'written' | 'stale';
}

export interface SchemaDocsResult {
  readonly documents: readonly WrittenDocument[];
  /** The first migration that does not run on an empty database: of what is after it the schema is not known. */
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
      await document(changelogFile, changelogText(steps, tokenize), write),
      await document(schemaFile, schemaPage(schema, last?.file.name), write),
    ],
    failed: failed?.failure && { name: failed.file.name, ...failed.failure },
  };
}

async function document(file: string, text: string, write: boolean): Promise<WrittenDocument> {
  try {
    const outcome = await bringUpToDate(file, text, write);
    return { file, outcome: outcome === 'missing' ? 'stale' : outcome };
  } catch (error) {
    throw explainFileError(error, { file }) ?? error;
  }
}

/** What was written, or is stale. */
export function describeSchemaDocs({ documents, failed }: SchemaDocsResult, root: string): readonly string[] {
  const isStale = documents.some(({ outcome }) => outcome === 'stale');
  return [
    ...documents.map(({ file, outcome }) => {
      const name = relative(root, file);
      if (outcome === 'stale') return style.bad(`${name} is not what the migrations give.`);
      return outcome === 'written' ? style.good(`${name} written.`) : `${name} is up to date.`;
    }),
    ...(isStale
      ? [`  Fix: run "${commandLine('d1-migrate:schema-docs', '--write')}", and commit the files.`]
      : []),
    ...(failed === undefined
      ? []
      : [
          style.warn(
            `${failed.name} does not run on an empty database: line ${failed.line}, ${failed.message}. What it gives is not known.`,
          ),
        ]),
  ];
}

/** The result for machines. */
export const schemaDocsDocument = ({ documents, failed }: SchemaDocsResult, root: string): object => ({
  documents: documents.map(({ file, outcome }) => ({
    file: relative(root, file).replaceAll('\\', '/'),
    outcome,
  })),
  failed: failed ?? null,
});
