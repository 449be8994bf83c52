import { isObject } from 'd1-core/errors';
import * as v from 'valibot';
import { archiveError } from './archive-error.ts';
import {
  count,
  described,
  fields,
  flag,
  list,
  oneOf,
  readShape,
  sha256,
  text,
  texts,
  time,
  type Immutable,
} from 'd1-core/shape';

/** The version of the shape of `metadata.json`; it changes when a field changes its meaning or goes away. */
export const FORMAT_VERSION = 2;

/** What R2 keeps beside the content: https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ */
export const objectMetadata = fields({
  contentType: v.optional(text),
  contentLanguage: v.optional(text),
  contentDisposition: v.optional(text),
  contentEncoding: v.optional(text),
  cacheControl: v.optional(text),
  cacheExpiry: v.optional(described(text, 'ISO 8601.')),
  custom: described(texts, 'Names and values that the uploader chose.'),
});

export const entry = fields({ path: text, size: count, sha256 });

const tableDigest = fields({
  name: text,
  rows: count,
  sha256: described(sha256, 'Of all values of all rows, in the order of their keys.'),
});

const database = fields({
  binding: text,
  name: v.nullable(text),
  id: v.nullable(text),
  mode: described(
    oneOf(['online', 'export']),
    'How its rows were read: page by page, or by the export of D1.',
  ),
  bookmark: described(
    v.nullable(fields({ before: text, after: text })),
    "Time Travel's bookmarks; null for a local database.",
  ),
  consistent: described(flag, 'Whether all rows are of one moment.'),
  schemaSha256: v.optional(described(sha256, 'Of type, name and SQL of every object of the schema.')),
  tables: list(tableDigest),
  searches: v.optional(
    described(
      list(
        fields({ name: text, sha256: described(sha256, 'Of all words of its index, with their places.') }),
      ),
      'Full-text searches whose text is in another table, or nowhere.',
    ),
  ),
  lostSearches: v.optional(
    described(
      list(text),
      'Full-text searches of which only the definition is kept: nothing that is kept makes the same index.',
    ),
  ),
  rowsWithoutParent: v.optional(
    described(
      list(fields({ table: text, row: v.nullable(text), parent: text })),
      'The first rows whose foreign keys point to no row. D1 takes no such rows back; a local restore does.',
    ),
  ),
});

/** What is kept of an object beside its content. */
export const objectFacts = fields({
  key: described(text, 'In the bucket.'),
  etag: text,
  metadata: objectMetadata,
  check: described(
    oneOf(['md5', 'multipart', 'read-twice']),
    'How it was made sure that the bytes are the ones in R2: by the ETag, by the ETag of its parts, or by reading it twice.',
  ),
  partSize: v.optional(described(count, 'The size of the parts that it was uploaded in.')),
});

const storedObject = fields({ ...objectFacts.entries, ...entry.entries });

const objectProblem = fields({
  key: text,
  kind: described(
    oneOf(['vanished', 'unreadable', 'replaced', 'previous-damaged']),
    'vanished: deleted while the archive was made. unreadable: the server refuses to return it. replaced: uploaded again meanwhile, and the archive has the new content. previous-damaged: the earlier archive has another content for it than it says, so it was read from the bucket.',
  ),
  reason: text,
});

export const proof = fields({ result: oneOf(['restored', 'skipped']), at: v.nullable(time) });

/** What `metadata.json` of an archive says. It holds no secret. */
export const archiveMetadata = fields({
  formatVersion: described(
    v.picklist([1, FORMAT_VERSION], `1 or ${FORMAT_VERSION}`),
    'Changes when a field changes its meaning or goes away. 2: the lists are in manifest.ndjson.',
  ),
  versions: described(fields({ 'd1-backup': text, wrangler: text, node: text }), 'What made the archive.'),
  environment: fields({ name: text, location: oneOf(['local', 'remote']) }),
  startedAt: time,
  notBefore: v.optional(
    described(
      time,
      'The time of an archive that was there already, where the clock had gone back behind it.',
    ),
  ),
  finishedAt: time,
  database: v.optional(described(database, 'The database; not there in an archive of objects only.')),
  photos: v.optional(
    described(
      fields({
        bucket: text,
        prefix: described(text, 'Only keys that begin so were asked for.'),
        objects: list(storedObject),
        problems: list(objectProblem),
      }),
      'The objects of the bucket; not there in an archive of the database only.',
    ),
  ),
  entries: described(
    list(entry),
    'Every entry of the zip but metadata.json itself, in the order of the zip.',
  ),
  manifest: v.optional(
    described(
      fields({ entries: count, objects: count, sha256 }),
      'How many lines manifest.ndjson has, those of objects among them, and its SHA-256. It has what photos.objects and entries would have, which are empty then: a line for each entry of the zip.',
    ),
  ),
  proof: described(
    proof,
    'What was proved before the archive got its name. restored: the database came back equal, and every entry was read again. skipped: --no-verify was given.',
  ),
  warnings: list(text),
});

export type ArchiveMetadata = Immutable<v.InferOutput<typeof archiveMetadata>>;
export type DatabaseRecord = NonNullable<ArchiveMetadata['database']>;
export type ObjectsRecord = NonNullable<ArchiveMetadata['photos']>;
export type ObjectRecord = ObjectsRecord['objects'][number];
export type ObjectProblem = ObjectsRecord['problems'][number];
export type ObjectMetadata = ObjectRecord['metadata'];
export type ContentCheck = ObjectRecord['check'];
export type EntryRecord = ArchiveMetadata['entries'][number];
export type RowWithoutParent = NonNullable<DatabaseRecord['rowsWithoutParent']>[number];
export type Proof = ArchiveMetadata['proof'];
/** What identifies what is found in a full-text search. */
export type SearchDigest = NonNullable<DatabaseRecord['searches']>[number];
/** What identifies the content of a table: the same rows in the same order have the same. */
export type TableDigest = DatabaseRecord['tables'][number];

/**
 * Reads the text of `metadata.json`. Undefined for one of another tool, which has no version of our format. Throws
 * D1Error `newer-archive` for a version that is not known yet, and `damaged-archive` for one that is not whole.
 */
export function readArchiveMetadata(json: string, file: string): ArchiveMetadata | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw archiveError('damaged-archive', file, 'has a metadata.json that is not JSON', { cause });
  }
  if (!isObject(value) || value['formatVersion'] === undefined) return undefined;
  const version = value['formatVersion'];
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    const known = `the newest that this version knows is ${FORMAT_VERSION}`;
    throw archiveError('newer-archive', file, `has the format version ${version}, and ${known}`);
  }
  const read = readShape(archiveMetadata, value);
  if ('value' in read) return read.value;
  throw archiveError('damaged-archive', file, `has a metadata.json that is not one of ours: ${read.problem}`);
}

/** The text of `metadata.json`, without the lists, which are in `manifest.ndjson`. */
export const metadataText = ({ photos, ...metadata }: ArchiveMetadata): string =>
  `${JSON.stringify({ ...metadata, ...(photos === undefined ? {} : { photos: { ...photos, objects: [] } }), entries: [] }, null, 2)}\n`;
