import * as v from 'valibot';
import { archiveError } from './archive-error.ts';
import { entry, objectFacts, type ArchiveMetadata, type EntryRecord, type ObjectRecord } from './metadata.ts';
import { fields, readShape } from 'd1-core/shape';

/** A line of `manifest.ndjson`: an entry of the zip, and what R2 knew of it where it is an object. */
const manifestLine = fields({ ...entry.entries, object: v.optional(objectFacts) });

/** The text of `manifest.ndjson`, some lines at a time. `entries` and `objects` are in the order of the zip. */
export function* manifestLines(
  entries: readonly EntryRecord[],
  objects: readonly ObjectRecord[],
): Generator<string> {
  let next = 0;
  let part = '';
  for (const record of entries) {
    const stored = objects[next];
    const isObject = stored?.path === record.path;
    if (isObject) next += 1;
    part += `${JSON.stringify(isObject ? { ...record, object: factsOf(stored) } : record)}\n`;
    if (part.length < 100_000) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}

const factsOf = ({ key, etag, metadata, check, partSize }: ObjectRecord) => ({
  key,
  etag,
  metadata,
  check,
  partSize,
});

/** No line of ours is so long: a key has 1024 bytes, and metadata 8 kB. */
const LONGEST = 1024 * 1024;

/**
 * Puts the lists of `manifest.ndjson` into the metadata of an archive that has them there. Throws D1Error `damaged-archive`; that the
 * text is the one that the metadata names is to be checked as well.
 */
export async function withLists(
  metadata: ArchiveMetadata,
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): Promise<ArchiveMetadata> {
  const entries: EntryRecord[] = [];
  const objects: ObjectRecord[] = [];
  const wrong = (reason: string) => archiveError('damaged-archive', file, `has a manifest.ndjson ${reason}`);
  const add = (text: string) => {
    const read = readShape(manifestLine, parsed(text));
    if ('problem' in read) throw wrong(`with a line that is not one of ours: ${read.problem}`);
    const { object, ...record } = read.value;
    entries.push(record);
    if (object !== undefined) objects.push({ ...record, ...object });
  };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) throw wrong('with a line that is too long');
    for (const line of lines) add(line);
  }
  if (rest !== '') throw wrong('that is cut off');
  const { photos } = metadata;
  return { ...metadata, entries, ...(photos === undefined ? {} : { photos: { ...photos, objects } }) };
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
