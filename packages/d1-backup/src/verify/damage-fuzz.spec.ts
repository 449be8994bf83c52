import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { isD1Error } from 'd1-core/errors';
import { fuzzRuns, temporaryFolder } from 'd1-core/testing';
import fc from 'fast-check';
import { testEntries, zip, type TestEntries } from '../testing/archive.ts';
import { openArchive } from '../zip/open-archive.ts';
import { verifyFile } from '../testing/verification.ts';

const folder = temporaryFolder();
const file = join(folder, 'backup-2025-09-04-143022.zip');

let entries: TestEntries;
let whole: Buffer;
beforeAll(async () => {
  entries = await testEntries({
    statements: ['CREATE TABLE a (v)', "INSERT INTO a VALUES ('one'), ('two')"],
    photos: { 'originals/a.jpg': 'photo '.repeat(50), 'thumbnails/a.jpg': 'small' },
  });
  whole = await zip(entries);
});

/** What is found in damaged bytes: problems, or that the archive must not be opened. Only errors for people are. */
async function findDamage(bytes: Uint8Array): Promise<readonly string[]> {
  writeFileSync(file, bytes);
  try {
    const { problems } = await verifyFile(file, 'hashes');
    return problems.map(({ code }) => code);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    expect(error.code).toMatch(/^(damaged|unsafe|newer)-archive$/);
    return [error.code];
  }
}

/** Whether a reader would get from damaged bytes what was written, under the same names. */
async function isSame(bytes: Uint8Array): Promise<boolean> {
  writeFileSync(file, bytes);
  const archive = await openArchive(file);
  try {
    if ([...archive.entries.keys()].join('\n') !== [...entries.keys()].join('\n')) return false;
    for (const [path, content] of entries) {
      if (!content.equals(await buffer(await archive.open(path)))) return false;
    }
    return true;
  } finally {
    await archive.close();
  }
}

it('finds nothing in the archive that is not damaged', async () => {
  expect(await findDamage(whole)).toEqual([]);
  expect(await isSame(whole)).toBe(true);
});

it('finds a cut, wherever it is', async () => {
  for (let tenth = 0; tenth < 10; tenth++) {
    expect(await findDamage(whole.subarray(0, Math.floor((whole.length * tenth) / 10)))).toEqual([
      'damaged-archive',
    ]);
  }
  expect(await findDamage(whole.subarray(0, -1))).toEqual(['damaged-archive']);
});

it('finds a bit that is another one, unless no content changes by it', async () => {
  let harmless = 0;
  const { numRuns, seed } = fuzzRuns(100, 400);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if ((await findDamage(bytes)).length > 0) return;
      harmless += 1;
      expect(await isSame(bytes)).toBe(true);
    }),
    { numRuns, seed },
  );
  // A check that finds nothing is broken. Times, versions and what stands twice are a small part of a zip.
  expect(harmless).toBeLessThan(numRuns / 4);
});

it('finds bytes that are missing, doubled or others, unless no content changes by them', async () => {
  const places = fc.tuple(fc.nat(whole.length), fc.integer({ min: 1, max: 200 }));
  const changes = fc.oneof(
    places.map(([at, length]) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)])),
    places.map(([at, length]) => Buffer.concat([whole.subarray(0, at + length), whole.subarray(at)])),
    fc.tuple(fc.nat(whole.length), fc.uint8Array({ minLength: 1, maxLength: 200 })).map(([at, other]) => {
      const bytes = Buffer.from(whole);
      bytes.set(other.subarray(0, Math.max(0, whole.length - at)), at);
      return bytes;
    }),
  );
  await fc.assert(
    fc.asyncProperty(changes, async (bytes) => {
      if ((await findDamage(bytes)).length === 0) expect(await isSame(bytes)).toBe(true);
    }),
    fuzzRuns(40, 150),
  );
});
