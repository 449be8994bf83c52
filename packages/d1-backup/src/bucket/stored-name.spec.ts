import fc from 'fast-check';
import { createNamer } from './stored-name.ts';

const pathOf = (key: string) => createNamer()(key);

describe('the name of an object in an archive', () => {
  it.each([
    ['originals/2026/a b.jpg', 'photos/originals/2026/a b.jpg'],
    ['thumbnails/2026/a.webp', 'photos/thumbnails/2026/a.webp'],
    ['2026/é日.jpg', 'photos/originals/2026/é日.jpg'],
    ['thumbnails', 'photos/originals/thumbnails'],
    ['../../etc/passwd', 'photos/originals/.%2E/.%2E/etc/passwd'],
    ['./a', 'photos/originals/%2E/a'],
    ['/etc/passwd', 'photos/originals/%/etc/passwd'],
    ['a//b', 'photos/originals/a/%/b'],
    ['folder/', 'photos/originals/folder/%'],
    ['C:\\a?.jpg', 'photos/originals/C%3A%5Ca%3F.jpg'],
    ['100%.jpg', 'photos/originals/100%25.jpg'],
    ['line\nend\u0000', 'photos/originals/line%0Aend%00'],
    ['con.txt', 'photos/originals/%63on.txt'],
    ['ends with dot.', 'photos/originals/ends with dot%2E'],
  ])('for %j is %s', (key, path) => {
    expect(pathOf(key)).toBe(path);
  });

  it('is another one where two keys differ in case alone', () => {
    const nameOf = createNamer();
    expect(nameOf('A.JPG')).toBe('photos/originals/A.JPG');
    expect(nameOf('a.jpg')).toMatch(/^photos\/originals\/%~\/[0-9a-f]{32}\.jpg$/);
  });

  it('is another one where a key is the folder of another', () => {
    const nameOf = createNamer();
    expect(nameOf('a')).toBe('photos/originals/a');
    expect(nameOf('a/b.png')).toMatch(/^photos\/originals\/%~\//);
  });

  it('is another one where a key lies in "originals" and another with the rest of its name does not', () => {
    const nameOf = createNamer();
    expect(nameOf('a.jpg')).toBe('photos/originals/a.jpg');
    expect(nameOf('originals/a.jpg')).toMatch(/^photos\/originals\/%~\//);
  });

  it('is short for a key that is longer than a file name may be', () => {
    expect(pathOf(`${'x'.repeat(1000)}.png`)).toMatch(/^photos\/originals\/%~\/[0-9a-f]{32}\.png$/);
  });

  it('is safe and unique whatever the keys are', () => {
    const segment = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('', '.', '..', 'a', 'A', 'originals', 'thumbnails', '%', '%~', 'nul', ' ', '~'),
    );
    const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), (keys) => {
        const paths = keys.map(createNamer());
        const folded = paths.map((path) => path.normalize('NFKC').toLowerCase());
        expect(new Set(folded).size).toBe(keys.length);
        for (const path of folded) {
          expect(path).toMatch(/^photos\/(originals|thumbnails)\/./);
          expect(path.split('/')).not.toContain('..');
          expect(path.split('/')).not.toContain('.');
          expect(path.split('/')).not.toContain('');
          expect(path).not.toMatch(/[\u0000-\u001f\\:*?"<>|]/);
          expect(folded.some((other) => other.startsWith(`${path}/`))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});
