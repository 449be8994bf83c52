import type { TableDigest } from '../content/digest.ts';
import { readMetadata as readObjectMetadata } from '../photos/metadata.ts';
import type { PhotoProblem, PhotoRecord } from '../photos/photo.ts';
import type { ObjectMetadata } from '../photos/store.ts';
import { archiveError } from './archive-error.ts';
import {
  count,
  fields,
  flag,
  isObject,
  list,
  oneOf,
  optional,
  orNull,
  sha256,
  ShapeError,
  text,
  time,
  type Read,
} from './json-shape.ts';
import {
  FORMAT_VERSION,
  type ArchiveMetadata,
  type DatabaseRecord,
  type EntryRecord,
  type PhotosRecord,
  type Proof,
} from './metadata.ts';

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
  try {
    return metadata(value, '');
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw archiveError(
      'damaged-archive',
      file,
      `has a metadata.json that is not one of ours: ${error.message}`,
    );
  }
}

const metadata: Read<ArchiveMetadata> = (value, at) => {
  const field = fields(value, at);
  return {
    formatVersion: field('formatVersion', oneVersion),
    versions: field('versions', versions),
    environment: field('environment', environment),
    startedAt: field('startedAt', time),
    finishedAt: field('finishedAt', time),
    database: field('database', optional(database)),
    photos: field('photos', optional(photos)),
    entries: field('entries', list(entry)),
    proof: field('proof', proof),
    warnings: field('warnings', list(text)),
  };
};

const oneVersion: Read<typeof FORMAT_VERSION> = (value, at) => {
  if (value === FORMAT_VERSION) return FORMAT_VERSION;
  throw new ShapeError(at, String(FORMAT_VERSION), value);
};

const versions: Read<ArchiveMetadata['versions']> = (value, at) => {
  const field = fields(value, at);
  return {
    'd1-backup': field('d1-backup', text),
    wrangler: field('wrangler', text),
    node: field('node', text),
  };
};

const environment: Read<ArchiveMetadata['environment']> = (value, at) => {
  const field = fields(value, at);
  return { name: field('name', text), location: field('location', oneOf(['local', 'remote'])) };
};

const database: Read<DatabaseRecord> = (value, at) => {
  const field = fields(value, at);
  return {
    binding: field('binding', text),
    name: field('name', orNull(text)),
    id: field('id', orNull(text)),
    mode: field('mode', oneOf(['online', 'export'])),
    bookmark: field('bookmark', orNull(bookmarks)),
    consistent: field('consistent', flag),
    schemaSha256: field('schemaSha256', optional(sha256)),
    tables: field('tables', list(table)),
  };
};

const bookmarks: Read<NonNullable<DatabaseRecord['bookmark']>> = (value, at) => {
  const field = fields(value, at);
  return { before: field('before', text), after: field('after', text) };
};

const table: Read<TableDigest> = (value, at) => {
  const field = fields(value, at);
  return { name: field('name', text), rows: field('rows', count), sha256: field('sha256', sha256) };
};

const photos: Read<PhotosRecord> = (value, at) => {
  const field = fields(value, at);
  return {
    bucket: field('bucket', text),
    prefix: field('prefix', text),
    objects: field('objects', list(photo)),
    problems: field('problems', list(photoProblem)),
  };
};

const photo: Read<PhotoRecord> = (value, at) => {
  const field = fields(value, at);
  return {
    key: field('key', text),
    path: field('path', text),
    etag: field('etag', text),
    size: field('size', count),
    sha256: field('sha256', sha256),
    metadata: field('metadata', objectMetadata),
    check: field('check', oneOf(['md5', 'multipart', 'read-twice'])),
    partSize: field('partSize', optional(count)),
  };
};

const objectMetadata: Read<ObjectMetadata> = (value, at) => {
  if (isObject(value)) return readObjectMetadata(value);
  throw new ShapeError(at, 'an object', value);
};

const photoProblem: Read<PhotoProblem> = (value, at) => {
  const field = fields(value, at);
  return {
    key: field('key', text),
    kind: field('kind', oneOf(['vanished', 'unreadable', 'replaced', 'previous-damaged'])),
    reason: field('reason', text),
  };
};

const entry: Read<EntryRecord> = (value, at) => {
  const field = fields(value, at);
  return { path: field('path', text), size: field('size', count), sha256: field('sha256', sha256) };
};

const proof: Read<Proof> = (value, at) => {
  const field = fields(value, at);
  return { result: field('result', oneOf(['restored', 'skipped'])), at: field('at', orNull(time)) };
};
