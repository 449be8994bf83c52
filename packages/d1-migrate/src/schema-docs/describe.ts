import { relative } from 'node:path';
import { style } from 'd1-core/report';
import type { SchemaDocsResult } from './schema-docs.ts';

/** What was written, or is stale. */
export function describeSchemaDocs({ documents, failed }: SchemaDocsResult, root: string): readonly string[] {
  const isStale = documents.some(({ outcome }) => outcome === 'stale');
  return [
    ...documents.map(({ file, outcome }) => {
      const name = relative(root, file);
      if (outcome === 'stale') return style.bad(`${name} is not what the migrations give.`);
      return outcome === 'written' ? style.good(`${name} written.`) : `${name} is up to date.`;
    }),
    ...(isStale ? ['  Fix: run the target "schema-docs" with --write, and commit the files.'] : []),
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
