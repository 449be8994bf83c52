import { createHash } from 'node:crypto';

/** Characters that a file name cannot have on some system, and `%`, which stands for an encoded one. */
const UNSAFE = /[<>:"|?*\\%\u2028\u2029\p{Cc}]/u;

/** Names that mean a device on Windows, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** File systems take names of 255 bytes. */
const LONGEST_NAME = 200;

/** Most systems take paths of 1024 bytes or more, the folder that they lie in included. */
const LONGEST_PATH = 900;

/** For keys whose own names would be too long, or fall together with others. No safe name is just `%~`. */
const APART = '%~';

/**
 * Gives each key a path below `photos/` of an archive that is safe on every file system and that no other key has,
 * also where upper and lower case are the same. `thumbnails/…` goes to `photos/thumbnails/…`; `originals/…`, and all
 * that is neither, to `photos/originals/…`. Most keys are found again by their own names. The same keys in the same
 * order get the same paths.
 */
export function createNamer(): (key: string) => string {
  const files = new Set<string>();
  const folders = new Set<string>();
  return (key) => {
    const { folder, segments } = place(key);
    const own = [...folder, ...segments.map(safeSegment)];
    const isFree = segments.every((segment) => Buffer.byteLength(safeSegment(segment)) <= LONGEST_NAME);
    const path =
      isFree && Buffer.byteLength(own.join('/')) <= LONGEST_PATH && !collides(own)
        ? own
        : [...folder, APART, apartName(key, segments.at(-1) ?? '')];
    files.add(fold(path));
    for (let length = 1; length < path.length; length++) folders.add(fold(path.slice(0, length)));
    return path.join('/');
  };

  /** With a file of that name, with a folder of that name, or with a file where it needs a folder. */
  function collides(path: readonly string[]): boolean {
    if (files.has(fold(path)) || folders.has(fold(path))) return true;
    return path.some((_, index) => index > 0 && files.has(fold(path.slice(0, index))));
  }
}

const fold = (path: readonly string[]): string =>
  path.join('/').normalize('NFKC').toUpperCase().toLowerCase();

function place(key: string): { readonly folder: readonly string[]; readonly segments: readonly string[] } {
  const [first = '', ...rest] = key.split('/');
  const isKnown = (first === 'thumbnails' || first === 'originals') && rest.length > 0;
  const kind = isKnown && first === 'thumbnails' ? 'thumbnails' : 'originals';
  return { folder: ['photos', kind], segments: isKnown ? rest : [first, ...rest] };
}

/** Two different segments never give the same; one without odd characters stays as it is. */
function safeSegment(segment: string): string {
  if (segment === '') return '%';
  const encoded = [...segment].map((character) => (UNSAFE.test(character) ? encode(character) : character));
  const last = encoded.length - 1;
  // Windows drops them at the end; `.` and `..` consist of them.
  if (encoded[last] === '.' || encoded[last] === ' ') encoded[last] = encode(encoded[last]);
  if (DEVICE.test(segment) || encoded[0] === ' ') encoded[0] = encode(encoded[0] ?? '');
  return encoded.join('');
}

const encode = (character: string): string =>
  [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

/** Unique by its digest; with the extension, so that it opens with the right program. */
function apartName(key: string, name: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const [extension = ''] = /\.[a-z0-9]{1,10}$/i.exec(name) ?? [];
  return `${digest}${extension.toLowerCase()}`;
}
