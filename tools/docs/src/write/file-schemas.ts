import { toJsonSchema } from '@valibot/to-json-schema';
import { archiveMetadata } from 'd1-backup/source';
import { counts } from 'd1-core/shape';
import { IGNORE_FILE, ignoredShape, planShape } from 'd1-migrate/source';
import type { WrittenFiles } from './written-files.ts';

function jsonSchema(shape: Parameters<typeof toJsonSchema>[0], title: string, description: string): string {
  const { $schema, ...schema } = toJsonSchema(shape, {
    target: 'draft-2020-12',
    errorMode: 'ignore', // Whether a date exists is more than a pattern can say.
    // Names and values, such as those of tables and their rows.
    overrideSchema: ({ valibotSchema: { type, ...one } }) =>
      type === 'custom'
        ? {
            type: 'object',
            additionalProperties: {
              type: 'message' in one && one.message === counts.message ? 'integer' : 'string',
            },
          }
        : undefined,
  });
  return JSON.stringify({ $schema, title, description, ...schema });
}

/** The JSON schemas of files that the packages write or read, from the shapes that check them. */
export const fileSchemas = (): WrittenFiles => ({
  texts: new Map([
    [
      'packages/d1-backup/metadata.schema.json',
      jsonSchema(
        archiveMetadata,
        'metadata.json of a d1-backup archive',
        'What an archive of a Cloudflare D1 database and the objects of its R2 bucket says of itself. Sizes are bytes, times are UTC. Fields may be added; readers ignore those they do not know.',
      ),
    ],
    [
      'packages/d1-migrate/plan.schema.json',
      jsonSchema(
        planShape,
        'A plan of d1-migrate',
        'What a plan says that "migrate --plan" checks and applies. Times are UTC. A plan has more fields, for people; readers ignore those they do not know.',
      ),
    ],
    [
      'packages/d1-migrate/drift-ignore.schema.json',
      jsonSchema(
        ignoredShape,
        IGNORE_FILE,
        'Objects of a database that may differ from what the migrations give, such as "table analytics", each with the reason.',
      ),
    ],
  ]),
});
