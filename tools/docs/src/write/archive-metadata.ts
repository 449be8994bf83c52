import { toJsonSchema } from '@valibot/to-json-schema';
import { archiveMetadata } from 'd1-backup/source';
import type { WrittenFiles } from './written-files.ts';

const { $schema, ...schema } = toJsonSchema(archiveMetadata, {
  target: 'draft-2020-12',
  errorMode: 'ignore', // Whether a date exists is more than a pattern can say.
  overrideSchema: ({ valibotSchema }) =>
    valibotSchema.type === 'custom'
      ? { type: 'object', additionalProperties: { type: 'string' } }
      : undefined,
});

/** The JSON schema of `metadata.json`, from the shape that d1-backup reads and writes. */
export const archiveMetadataSchema = (): WrittenFiles => ({
  texts: new Map([
    [
      'packages/d1-backup/metadata.schema.json',
      JSON.stringify({
        $schema,
        title: 'metadata.json of a d1-backup archive',
        description:
          'What an archive of a Cloudflare D1 database and the objects of its R2 bucket says of itself. Sizes are bytes, times are UTC. Fields may be added; readers ignore those they do not know.',
        ...schema,
      }),
    ],
  ]),
});
