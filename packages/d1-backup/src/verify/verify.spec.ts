import { terminalText } from 'd1-core/report';
import type { TestEntries } from '../testing/archive.ts';
import { codesOf, verifyEntries, wholeEntries, withOther } from '../testing/verification.ts';
import { describeVerification } from './describe.ts';

let whole: TestEntries;
beforeAll(async () => (whole = await wholeEntries()));

describe('an archive that is whole', () => {
  it('has no problem, and everything was checked', async () => {
    const result = await verifyEntries(whole);
    expect(result).toMatchObject({ problems: [], unchecked: [] });
    expect(result.read).toMatchObject({ entries: 6, tables: 6 });
    expect(terminalText(describeVerification(result))).toMatch(
      'It restores, and all content is as it was saved.',
    );
  });

  it('may have photos only, or no photos', async () => {
    const without = (...paths: readonly string[]) => {
      const entries = new Map([...whole].filter(([path]) => !paths.includes(path)));
      return withOther(entries, ({ entries: list }) => ({
        entries: list.filter(({ path }) => !paths.includes(path)),
        ...(paths.includes('database.sql') ? { database: undefined } : { photos: undefined }),
      }));
    };
    expect((await verifyEntries(without('database.sql', 'migration_state.json'))).problems).toEqual([]);
    const photos = [...whole.keys()].filter((path) => path.startsWith('photos/'));
    expect((await verifyEntries(without(...photos))).problems).toEqual([]);
  });

  it('says what its metadata warns of', async () => {
    const { notes, problems } = await verifyEntries(
      withOther(whole, () => ({ warnings: ['Careful.'], proof: { result: 'skipped', at: null } })),
      { level: 'structure' },
    );
    expect([problems, notes]).toEqual([[], ['The backup was made with --no-verify.', 'Careful.']]);
  });
});

describe('of the list of entries, a check finds', () => {
  const structure = async (entries: Iterable<readonly [string, Buffer]>) =>
    codesOf(await verifyEntries(entries, { level: 'structure' }));

  it('an entry that is missing', async () => {
    const rest = [...whole].filter(([path]) => path !== 'photos/originals/a.jpg');
    expect(await structure(rest)).toEqual(['missing-entry photos/originals/a.jpg']);
  });

  it('an entry too many', async () => {
    const more = [...whole, ['photos/originals/b.jpg', Buffer.from('x')] as const];
    expect(await structure(more)).toEqual(['extra-entry photos/originals/b.jpg']);
  });

  it('an entry of another size', async () => {
    expect(await structure(new Map([...whole, ['README.md', Buffer.from('x')]]))).toEqual([
      'wrong-size README.md',
    ]);
  });

  it('names that fall together where upper and lower case are the same, or where one is a folder', async () => {
    expect(
      await structure([
        ['photos/A.jpg', Buffer.from('')],
        ['photos/a.jpg', Buffer.from('')],
      ]),
    ).toEqual(['colliding-entries photos/a.jpg']);
    expect(
      await structure([
        ['photos/a', Buffer.from('')],
        ['photos/a/b', Buffer.from('')],
      ]),
    ).toEqual(['colliding-entries photos/a/b']);
  });

  it('records that contradict each other', async () => {
    const wrong = withOther(whole, ({ photos, entries }) => ({
      entries: [...entries, ...entries.slice(0, 1)],
      photos: {
        ...photos,
        objects: photos?.objects.flatMap((object, index) =>
          index === 0 ? [{ ...object, size: 1 }, object] : [],
        ),
      },
    }));
    expect(await structure(wrong)).toEqual([
      'wrong-record database.sql',
      'wrong-record photos/originals/a.jpg',
      'wrong-record photos/originals/a.jpg',
      'wrong-record photos/thumbnails/a.jpg',
    ]);
  });

  it('that there is nothing to restore', async () => {
    expect(await structure([['notes.txt', Buffer.from('x')]])).toEqual(['missing-entry database.sql']);
  });
});

it('of the content, a check finds what does not have its hash, at the level that reads it', async () => {
  const other = new Map([...whole, ['photos/originals/a.jpg', Buffer.from('PHOTO')]]);
  expect(codesOf(await verifyEntries(other, { level: 'structure' }))).toEqual([]);
  expect(codesOf(await verifyEntries(other, { level: 'hashes' }))).toEqual([
    'wrong-hash photos/originals/a.jpg',
  ]);
});
