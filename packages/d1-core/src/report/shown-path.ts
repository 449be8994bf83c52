import { isAbsolute, relative, sep } from 'node:path';

/** A path as it is printed: relative to the current folder where it is inside of it, which is also what GitHub takes. */
export function shownPath(file: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
