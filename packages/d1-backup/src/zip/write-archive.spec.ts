import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from 'd1-core/testing';
import { openArchive } from './open-archive.ts';
import { writeArchive, type NewEntry } from './write-archive.ts';

const TIME = new Date('2025-09-04T14:30:22Z');
const folder = temporaryFolder();
let count = 0;

async function write(entries: readonly NewEntry[]): Promise<{ file: string; offsets: readonly unknown[] }> {
  const file = join(folder, `${(count += 1)}.zip`);
  const writer = writeArchive(file, TIME);
  const offsets: unknown[] = [];
  for (const entry of entries) offsets.push((await writer.add(entry)).offset);
  await writer.finish();
  return { file, offsets };
}

const stream = (content: Buffer) => () => Readable.from([content.subarray(0, 7), content.subarray(7)]);

describe('an archive that is written', () => {
  it('has its entries in their order, with their content, for its user only', async () => {
    const large = randomBytes(3_000_000);
    const entries: readonly NewEntry[] = [
      { path: 'photos/originals/ü.jpg', content: Buffer.from('one'), compress: false },
      { path: 'photos/originals/large', content: stream(large), compress: false },
      { path: 'photos/originals/empty', content: Buffer.alloc(0), compress: false },
      { path: 'photos/originals/nothing', content: () => Readable.from([]), compress: false },
      { path: 'database.sql', content: stream(Buffer.from('SELECT 1;\n'.repeat(1000))), compress: true },
      { path: 'README.md', content: Buffer.from('read me'), compress: true },
    ];
    const { file } = await write(entries);
    const archive = await openArchive(file);
    expect([...archive.entries.keys()]).toEqual(entries.map(({ path }) => path));
    for (const { path, content } of entries) {
      const expected = Buffer.isBuffer(content) ? content : await buffer(content());
      expect((await buffer(await archive.open(path))).equals(expected)).toBe(true);
    }
    await archive.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says where the content of each photo begins', async () => {
    const photos = Array.from({ length: 20 }, (_, index) => ({
      path: `photos/originals/ü${index}`,
      bytes: randomBytes(index * 100),
    }));
    const { file, offsets } = await write([
      ...photos.map(({ path, bytes }, index) => ({
        path,
        content: index % 2 === 0 ? bytes : stream(bytes),
        compress: false,
      })),
      { path: 'database.sql', content: Buffer.from('x'), compress: true },
      { path: 'later', content: Buffer.from('x'), compress: false },
    ]);
    const whole = readFileSync(file);
    expect(offsets.slice(-2)).toEqual([undefined, undefined]);
    for (const [index, { bytes }] of photos.entries()) {
      const offset = Number(offsets[index]);
      expect(whole.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
    }
  });

  it('has the same bytes when its content is the same', async () => {
    const entries = [{ path: 'a', content: Buffer.from('same'), compress: true }];
    const [first, second] = [await write(entries), await write(entries)];
    expect(readFileSync(first.file).equals(readFileSync(second.file))).toBe(true);
  });

  it('holds little in memory while the disk is slow', async () => {
    const content = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    const file = join(folder, 'many.zip');
    const writer = writeArchive(file, TIME);
    let most = 0;
    for (let index = 0; index < 200; index++) {
      await writer.add({ path: `photos/${index}`, content: Buffer.from(content), compress: false });
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    await writer.finish();
    expect(statSync(file).size).toBeGreaterThan(200 * content.length);
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('writing an archive fails', () => {
  it('when a content breaks', async () => {
    const writer = writeArchive(join(folder, 'broken.zip'), TIME);
    const content = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('begin');
          throw new Error('the source broke');
        })(),
      );
    await expect(writer.add({ path: 'a', content, compress: false })).rejects.toThrow('the source broke');
    await writer.abort();
  });

  it('when there is such a file', async () => {
    const { file } = await write([]);
    const before = readFileSync(file);
    const writer = writeArchive(file, TIME);
    await expect(
      writer.add({ path: 'a', content: Buffer.from('x'), compress: false }).then(() => writer.finish()),
    ).rejects.toThrow(/EEXIST/);
    await writer.abort();
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
