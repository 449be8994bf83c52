import { isObject } from 'd1-core/errors';
import * as v from 'valibot';
import { proof, type ArchiveMetadata } from './metadata.ts';
import { count, fields, oneOf, readShape, text, time, type Immutable } from 'd1-core/shape';

/** What tells archives apart and says which are worth keeping: names and counts, nothing of the content. */
const facts = {
  environment: text,
  location: oneOf(['local', 'remote']),
  startedAt: time,
  notBefore: v.optional(time),
  proof,
  /** The name of the database; undefined in an archive without one, as its rows are. */
  database: v.optional(text),
  rows: v.optional(count),
  /** Objects; undefined in an archive without those of a bucket. */
  photos: v.optional(count),
};

const manifest = fields({ ...facts, manifestVersion: v.literal(1, '1'), size: count });

export type ArchiveFacts = Immutable<Omit<v.InferOutput<typeof manifest>, 'manifestVersion' | 'size'>>;

export function factsOf({ environment, database, photos, ...metadata }: ArchiveMetadata): ArchiveFacts {
  const { startedAt, notBefore, proof } = metadata;
  return {
    environment: environment.name,
    location: environment.location,
    startedAt,
    notBefore,
    proof,
    database: database && (database.name ?? database.id ?? database.binding),
    rows: database?.tables.reduce((sum, { rows }) => sum + rows, 0),
    photos: photos && (metadata.manifest?.objects ?? photos.objects.length),
  };
}

/** The plain file beside an encrypted archive, by which it is known without its identity. */
export const manifestName = (archive: string): string => `${archive}.json`;

/** The text of the manifest of an archive of so many bytes. */
export const manifestText = (metadata: ArchiveMetadata, size: number): string =>
  `${JSON.stringify({ manifestVersion: 1, size, ...factsOf(metadata) }, null, 2)}\n`;

/** Undefined for what is no manifest of an archive of so many bytes. */
export function readManifest(json: string, size: number): ArchiveFacts | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const read = isObject(value) ? readShape(manifest, value) : undefined;
    return read !== undefined && 'value' in read && read.value.size === size ? read.value : undefined;
  } catch {
    return undefined;
  }
}
