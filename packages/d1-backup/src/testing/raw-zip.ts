import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip that no zip program would write. */
export interface RawEntry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** What stands before the content, where it is not the name. */
  readonly localName?: string;
  readonly deflated?: boolean;
  /** General purpose bits. */
  readonly flags?: number;
  readonly method?: number;
  /** The mode of a file of Unix, such as 0o120777. */
  readonly mode?: number;
  readonly crc?: number;
  /** What it claims to have uncompressed. */
  readonly size?: number;
  /** Where it begins, when it is not written but lies in another entry. */
  readonly offset?: number;
}

/** Puts a zip together byte by byte. */
export function rawZip(entries: readonly RawEntry[], { trailing = '' } = {}): Buffer {
  const locals: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    offsets.push(entry.offset ?? offset);
    if (entry.offset !== undefined) continue;
    const local = rawLocal(entry);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries.map((entry, index) => central(entry, offsets[index] ?? 0)));
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\u0005\u0006'), end, Buffer.from(trailing)]);
}

/** An entry as it stands in a zip: header, name and content. */
export function rawLocal(entry: RawEntry): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name);
  return Buffer.concat([Buffer.from('PK\u0003\u0004'), header(entry, name), name, contentOf(entry)]);
}

const plain = ({ content = '' }: RawEntry): Buffer => Buffer.from(content);

const contentOf = (entry: RawEntry): Buffer =>
  entry.deflated === true ? deflateRawSync(plain(entry)) : plain(entry);

/** What stands before the content and in the directory alike. */
function header(entry: RawEntry, name: Buffer): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(entry.flags ?? 0x800, 2);
  bytes.writeUInt16LE(entry.method ?? (entry.deflated === true ? 8 : 0), 4);
  bytes.writeUInt32LE(entry.crc ?? crc32(plain(entry)), 10);
  bytes.writeUInt32LE(contentOf(entry).length, 14);
  bytes.writeUInt32LE(entry.size ?? plain(entry).length, 18);
  bytes.writeUInt16LE(name.length, 22);
  return bytes;
}

function central(entry: RawEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), header(entry, name), tail, name]);
}
