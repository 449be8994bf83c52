/** Control characters, which would change what a terminal or a list shows. */
const CONTROL = /\p{Cc}/u;

/**
 * Why an entry must not have such a name, or undefined. A safe one leads nowhere but below the folder that it is
 * unpacked to, and is the only way to write that place: `a/./b` and `a//b` would be second names of `a/b`.
 */
export function nameProblem(path: string): string | undefined {
  if (path === '') return 'has no name';
  if (CONTROL.test(path)) return 'has a control character in its name';
  if (path.includes('\\'))
    return 'has a backslash in its name, which is a way into another folder on Windows';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'has an absolute path';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leads out of the folder that it would be unpacked to';
  if (segments.includes('.') || segments.includes('')) return 'has a path that is not in its simplest form';
  return undefined;
}

/** Kinds of files of Unix, from the upper half of an entry's external attributes: https://linux.die.net/man/2/stat */
const FILE_KINDS: Readonly<Record<number, string>> = {
  0o010000: 'a pipe',
  0o020000: 'a device',
  0o060000: 'a device',
  0o120000: 'a symbolic link',
  0o140000: 'a socket',
};

/** What an entry is that is neither a file nor a folder. */
export const specialKind = (externalAttributes: number): string | undefined =>
  FILE_KINDS[(externalAttributes >>> 16) & 0o170000];
