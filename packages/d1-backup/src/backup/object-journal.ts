import { createReadStream, createWriteStream, existsSync, statSync, type WriteStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { PreviousObjects } from '../bucket/index.ts';
import type { ObjectRecord } from '../format/index.ts';
import { JOURNAL, workFolder } from './output-folder.ts';

/** An object that is in an unfinished archive. */
interface JournalLine {
  /** The name of the unfinished archive, in the output folder. */
  readonly partial: string;
  /** The byte of it where the content begins. */
  readonly offset: number;
  readonly record: ObjectRecord;
}

/** What a run that breaks leaves for the next: which objects are where in its unfinished archive. */
export interface ObjectJournal {
  /** The names of the unfinished archives that it speaks of. */
  partials(): Promise<ReadonlySet<string>>;
  /** The objects that are whole in them. */
  previous(): Promise<PreviousObjects & { readonly count: number }>;
  append(line: JournalLine): void;
  /** Waits until all lines are written. */
  close(): Promise<void>;
  /** Deletes it, and the unfinished archives. */
  remove(): Promise<void>;
}

/** The journal for the objects of one bucket; `id` tells buckets apart. */
export function openObjectJournal(output: string, id: string): ObjectJournal {
  const file = join(workFolder(output), `${encodeURIComponent(id)}${JOURNAL}`);
  let stream: WriteStream | undefined;
  const close = async () => {
    const open = stream;
    stream = undefined;
    if (open !== undefined) await finished(open.end());
  };
  const partials = async () => new Set((await readLines(file)).map(({ partial }) => partial));
  return {
    partials,
    async previous() {
      const whole = (await readLines(file)).filter(({ partial, offset, record }) => {
        const path = join(output, partial);
        return existsSync(path) && statSync(path).size >= offset + record.size;
      });
      const byKey = new Map(whole.map((line) => [line.record.key, line]));
      const byRecord = new Map(whole.map((line) => [line.record, line]));
      return {
        count: byKey.size,
        find: (key) => byKey.get(key)?.record,
        async open(record) {
          const line = byRecord.get(record);
          if (line === undefined || record.size === 0) return Readable.from([]);
          const { partial, offset } = line;
          return createReadStream(join(output, partial), { start: offset, end: offset + record.size - 1 });
        },
      };
    },
    append(line) {
      stream ??= openJournal(file);
      stream.write(`${JSON.stringify(line)}\n`);
    },
    close,
    async remove() {
      await close().catch(() => undefined);
      for (const partial of await partials()) await rm(join(output, basename(partial)), { force: true });
      await rm(file, { force: true });
    },
  };
}

/** What it fails with is thrown when it is closed. */
function openJournal(file: string): WriteStream {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  stream.on('error', () => undefined);
  return stream;
}

async function readLines(file: string): Promise<readonly JournalLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const parsed = parse(line);
    return parsed === undefined ? [] : [parsed];
  });
}

/** Undefined for the end of what a killed process wrote. What a record says is checked against the content later. */
function parse(line: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isLine = (value: unknown): value is JournalLine =>
  typeof value === 'object' &&
  value !== null &&
  'partial' in value &&
  typeof value.partial === 'string' &&
  'offset' in value &&
  typeof value.offset === 'number' &&
  'record' in value &&
  typeof value.record === 'object' &&
  value.record !== null &&
  'key' in value.record &&
  'sha256' in value.record;

/** The names of all unfinished archives in an output folder that a journal speaks of. */
export async function keptPartials(output: string): Promise<ReadonlySet<string>> {
  const work = workFolder(output);
  const names = (await readdir(work).catch(() => [])).filter((name) => name.endsWith(JOURNAL));
  const lines = await Promise.all(names.map((name) => readLines(join(work, name))));
  return new Set(lines.flat().map(({ partial }) => partial));
}
